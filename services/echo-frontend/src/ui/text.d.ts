/** The live page, put together by the build (ui-page.ts). */
declare module "*/page/index.html" {
  const html: string;
  export default html;
}
