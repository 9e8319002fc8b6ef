import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public final class FirstmileToken {
  public static String of(String userId) throws Exception {
    String id = userId.replace("\\", "\\\\").replace("\"", "\\\"");
    long expires = Instant.now().getEpochSecond() + 600;
    String signed = part("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8)) + "."
        + part(("{\"sub\":\"" + id + "\",\"exp\":" + expires + "}").getBytes(StandardCharsets.UTF_8));
    byte[] secret = System.getenv("FIRSTMILE_IDENTITY_SECRET").getBytes(StandardCharsets.UTF_8);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    return signed + "." + part(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
  }

  private static String part(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
