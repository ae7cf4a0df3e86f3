// What leaves the tested Worker, inside workerd: hosts of Amazon SNS are played by a test, all else goes out as it is.
type Env = { readonly AMAZON_URL: string };

const worker = {
  fetch(request: Request, env: Env): Promise<Response> {
    const { hostname } = new URL(request.url);
    if (!/^sns\.[a-z0-9-]+\.amazonaws\.com$/.test(hostname)) return fetch(request);
    const asked = new URLSearchParams({ url: request.url });
    return fetch(`${env.AMAZON_URL}/?${asked}`, { redirect: "manual" });
  },
};
// biome-ignore lint/style/noDefaultExport: workerd looks for it
export default worker;
