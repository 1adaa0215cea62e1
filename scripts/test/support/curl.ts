interface Fields {
  status?: number;
  color?: string;
  backendColor?: string;
  connection?: string;
}

/** What curl prints in the jumpbox for a response, and without one (status 0). */
export function curlOutput(
  body: string,
  { status = 200, color = "", backendColor = "", connection = "" }: Fields = {},
): string {
  return `${body}\n== ${color}\t${backendColor}\t${connection}\t${String(status).padStart(3, "0")}\n`;
}
