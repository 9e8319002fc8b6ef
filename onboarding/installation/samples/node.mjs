import { createHmac } from "node:crypto";

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

export function firstmileToken(userId) {
  const claims = { sub: String(userId), exp: Math.floor(Date.now() / 1000) + 600 };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  const hmac = createHmac("sha256", process.env.FIRSTMILE_IDENTITY_SECRET).update(signed);
  return `${signed}.${hmac.digest("base64url")}`;
}
