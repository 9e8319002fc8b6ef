<?php
function firstmile_token(string $userId): string
{
    $part = fn (string $text) => rtrim(strtr(base64_encode($text), '+/', '-_'), '=');
    $header = $part(json_encode(['alg' => 'HS256', 'typ' => 'JWT']));
    $claims = $part(json_encode(['sub' => $userId, 'exp' => time() + 600], JSON_THROW_ON_ERROR));
    $hmac = hash_hmac('sha256', "$header.$claims", getenv('FIRSTMILE_IDENTITY_SECRET'), true);
    return "$header.$claims." . $part($hmac);
}
