package firstmile

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"time"
)

func Token(userID string) (string, error) {
	claims, err := json.Marshal(map[string]any{"sub": userID, "exp": time.Now().Unix() + 600})
	if err != nil {
		return "", err
	}
	part := base64.RawURLEncoding.EncodeToString
	signed := part([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + part(claims)
	mac := hmac.New(sha256.New, []byte(os.Getenv("FIRSTMILE_IDENTITY_SECRET")))
	mac.Write([]byte(signed))
	return signed + "." + part(mac.Sum(nil)), nil
}
