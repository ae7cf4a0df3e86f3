/** One origin: what belongs to the API goes to its Worker, all else is a file of the dashboard. */
type Context = {
  readonly request: Request;
  readonly env: { readonly API: { fetch(request: Request): Promise<Response> } };
  next(): Promise<Response>;
};

const apiPaths = /^\/(v1|hooks|t)\/|^\/health$/;

export function onRequest({ request, env, next }: Context): Promise<Response> {
  // Handing over the request itself lets a WebSocket upgrade through.
  return apiPaths.test(new URL(request.url).pathname) ? env.API.fetch(request) : next();
}
