/** The live page, which the build puts together (ui-page.ts). */
declare module "*/page/index.html" {
  const html: string;
  export default html;
}
