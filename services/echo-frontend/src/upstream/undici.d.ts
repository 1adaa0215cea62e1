// The parts of undici that are used, without the rest of it (fetch, WebSocket, proxies …), which its own index loads.
declare module "undici/lib/dispatcher/client.js" {
  import { Client } from "undici";
  export default Client;
}
declare module "undici/lib/dispatcher/pool.js" {
  import { Pool } from "undici";
  export default Pool;
}
declare module "undici/lib/core/errors.js" {
  import { errors } from "undici";
  export default errors;
}
