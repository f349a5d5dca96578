<?php
// Verifies the assertion of Sallyport in a PHP app (PHP 7.4 or newer, extensions openssl and json; no composer).
//
// Fill in the three values and let PHP run this file before every script, in php.ini or the pool's configuration:
//
//   auto_prepend_file = /etc/sallyport/php.php
//
// or write `require '/etc/sallyport/php.php';` as the first line of the app. Whoever does not come through Sallyport gets
// 403 and no line of the app runs. Behind it, SALLYPORT_ACCOUNT is the account's name.
// Static files (pictures, uploads) never pass through PHP: the network must keep strangers from them.

function sallyport_verify(string $token, string $jwksUrl, string $issuer, string $audience, string $cacheFile): array
{
    // \z, not $: in PCRE a $ would let a trailing newline pass. Two header lines, joined by a comma, fail here too.
    if (strlen($token) > 8192 || !preg_match('/\A[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}\z/', $token)) {
        throw new RuntimeException('no assertion');
    }
    [$head64, $claims64, $signature64] = explode('.', $token);
    $decode = fn (string $part): string => (string) base64_decode(strtr($part, '-_', '+/'));
    $head = json_decode($decode($head64), true, 4);
    $claims = json_decode($decode($claims64), true, 8);
    if (!is_array($head) || !is_array($claims)) throw new RuntimeException('not JSON');
    if (($head['alg'] ?? null) !== 'ES256' || ($head['typ'] ?? null) !== 'sallyport-assertion+jwt') throw new RuntimeException('alg or typ');
    if (isset($head['crit']) || !is_string($head['kid'] ?? null)) throw new RuntimeException('crit or kid');

    $key = sallyport_key($head['kid'], $jwksUrl, $cacheFile);
    $signature = $decode($signature64);
    if (openssl_verify("$head64.$claims64", sallyport_der($signature), $key, OPENSSL_ALGO_SHA256) !== 1) throw new RuntimeException('signature');
    // The last character carries four unused bits: only the one spelling is accepted.
    if (rtrim(strtr(base64_encode($signature), '+/', '-_'), '=') !== $signature64) throw new RuntimeException('signature spelling');

    foreach (['sub', 'name', 'sid', 'jti'] as $claim) {
        if (!is_string($claims[$claim] ?? null) || $claims[$claim] === '') throw new RuntimeException("claim $claim");
    }
    foreach (['iat', 'nbf', 'exp', 'auth_time'] as $claim) {
        if (!is_int($claims[$claim] ?? null)) throw new RuntimeException("claim $claim");
    }
    if (!is_array($claims['amr'] ?? null)) throw new RuntimeException('claim amr');
    if (($claims['iss'] ?? null) !== $issuer || ($claims['aud'] ?? null) !== $audience) throw new RuntimeException('issuer or audience');
    $now = time();
    $skew = 5;
    if ($claims['exp'] <= $now - $skew || $claims['nbf'] > $now + $skew) throw new RuntimeException('exp or nbf');
    if ($claims['iat'] > $now + $skew || $now - $claims['iat'] > 60 + $skew) throw new RuntimeException('iat');
    return $claims;
}

/** The public key of that kid, as PEM. The keys are cached in a file for five minutes; an unknown kid asks again, at most every five seconds. */
function sallyport_key(string $kid, string $jwksUrl, string $cacheFile): string
{
    clearstatcache(true, $cacheFile);
    $age = is_file($cacheFile) ? time() - (int) filemtime($cacheFile) : PHP_INT_MAX;
    foreach ([300, 5] as $maxAge) {
        if ($age >= $maxAge) {
            $text = @file_get_contents($jwksUrl, false, stream_context_create(['http' => ['timeout' => 5, 'follow_location' => 0]]));
            if ($text === false || !is_array(json_decode($text, true)['keys'] ?? null)) throw new RuntimeException('no keys');
            $temporary = tempnam(dirname($cacheFile), 'jwks');
            if ($temporary === false || file_put_contents($temporary, $text) === false || !rename($temporary, $cacheFile)) throw new RuntimeException('cache');
            $age = 0;
        }
        foreach (json_decode((string) file_get_contents($cacheFile), true)['keys'] ?? [] as $jwk) {
            if (($jwk['kid'] ?? null) === $kid && ($jwk['kty'] ?? null) === 'EC' && ($jwk['crv'] ?? null) === 'P-256') return sallyport_pem($jwk);
        }
    }
    throw new RuntimeException('unknown key');
}

/** A P-256 public key as SubjectPublicKeyInfo (RFC 5480): a fixed prefix, then the uncompressed point. */
function sallyport_pem(array $jwk): string
{
    $point = '';
    foreach (['x', 'y'] as $axis) $point .= str_pad((string) base64_decode(strtr((string) $jwk[$axis], '-_', '+/')), 32, "\0", STR_PAD_LEFT);
    $spki = hex2bin('3059301306072a8648ce3d020106082a8648ce3d030107034200') . "\x04" . $point;
    return "-----BEGIN PUBLIC KEY-----\n" . chunk_split(base64_encode($spki), 64, "\n") . "-----END PUBLIC KEY-----\n";
}

/** R and S, 32 bytes each (RFC 7518 §3.4), as the DER that OpenSSL wants. */
function sallyport_der(string $raw): string
{
    $integers = '';
    foreach (str_split($raw, 32) as $number) {
        $number = ltrim($number, "\0");
        if ($number === '' || ord($number[0]) > 0x7f) $number = "\0" . $number;
        $integers .= "\x02" . chr(strlen($number)) . $number;
    }
    return "\x30" . chr(strlen($integers)) . $integers;
}

try {
    define('SALLYPORT_ACCOUNT', sallyport_verify(
        $_SERVER['HTTP_SALLYPORT_ASSERTION'] ?? '',
        'https://portal.example.org/.sallyport/jwks.json', // where Sallyport publishes its keys
        'https://portal.example.org',                      // the app's public origin
        'portal',                                          // the app's id in Sallyport's configuration
        '/var/lib/sallyport-verify/jwks.json'              // a folder that only this app's user can write
    )['name']);
} catch (Throwable $refused) {
    http_response_code(403);
    header('Content-Type: text/plain; charset=utf-8');
    exit("This app is reached through Sallyport only.\n");
}
