/** The kinds of the Gateway API, as kubectl names them: https://gateway-api.sigs.k8s.io/api-types/ */
export const GATEWAY_CLASSES = "gatewayclasses.gateway.networking.k8s.io";
export const GATEWAYS = "gateways.gateway.networking.k8s.io";
export const ROUTES = "httproutes.gateway.networking.k8s.io";
