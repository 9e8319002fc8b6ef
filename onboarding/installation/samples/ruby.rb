require "base64"
require "json"
require "openssl"

def firstmile_token(user_id)
  part = ->(text) { Base64.urlsafe_encode64(text, padding: false) }
  claims = { sub: user_id.to_s, exp: Time.now.to_i + 600 }
  signed = [{ alg: "HS256", typ: "JWT" }, claims].map { |value| part.(value.to_json) }.join(".")
  hmac = OpenSSL::HMAC.digest("SHA256", ENV.fetch("FIRSTMILE_IDENTITY_SECRET"), signed)
  "#{signed}.#{part.(hmac)}"
end
