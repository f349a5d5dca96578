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

const SALLYPORT_LIFE = 60; // seconds
const SALLYPORT_SKEW = 5;  // seconds
const SALLYPORT_DEPTH = 8;

/** The claims of a good assertion; throws for everything else. $now: seconds since the epoch, the server's clock when left out. */
function sallyport_verify(string $token, string $jwksUrl, string $issuer, string $audience, string $cacheFile, ?int $now = null): array
{
    // \z, not $: in PCRE a $ would let a trailing newline pass. Two header lines, joined by a comma, fail here too.
    // A signature has 64 bytes, and its last letter two bits.
    if (strlen($token) > 8192 || !preg_match('/\A[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{85}[AQgw]\z/', $token)) {
        throw new RuntimeException('no assertion');
    }
    [$head64, $claims64, $signature64] = explode('.', $token);
    $head = sallyport_read($head64);
    $claims = sallyport_read($claims64);
    if (count($head) !== 3 || !sallyport_is_text($head['kid'] ?? null)) throw new RuntimeException('members of the header');
    if (($head['alg'] ?? null) !== 'ES256' || ($head['typ'] ?? null) !== 'sallyport-assertion+jwt') throw new RuntimeException('alg or typ');

    $key = sallyport_key($head['kid'], $jwksUrl, $cacheFile);
    $signature = sallyport_decode($signature64);
    if (openssl_verify("$head64.$claims64", sallyport_der($signature), $key, OPENSSL_ALGO_SHA256) !== 1) throw new RuntimeException('signature');

    if (($claims['iss'] ?? null) !== $issuer || ($claims['aud'] ?? null) !== $audience) throw new RuntimeException('issuer or audience');
    foreach (['sub', 'name', 'realm', 'sid', 'jti', 'acr'] as $claim) {
        if (!sallyport_is_text($claims[$claim] ?? null)) throw new RuntimeException("claim $claim");
    }
    foreach (['iat', 'nbf', 'exp', 'auth_time'] as $claim) {
        if (!is_int($claims[$claim] ?? null) || $claims[$claim] <= 0) throw new RuntimeException("claim $claim");
    }
    if (!sallyport_is_texts($claims['amr'] ?? null)) throw new RuntimeException('claim amr');
    if (array_key_exists('groups', $claims) && !sallyport_is_texts($claims['groups'])) throw new RuntimeException('claim groups');
    ['iat' => $iat, 'nbf' => $nbf, 'exp' => $exp] = $claims;
    $now ??= time();
    if ($exp <= $iat || $exp - $iat > SALLYPORT_LIFE || $nbf >= $exp) throw new RuntimeException('a longer life than an assertion has');
    if ($exp <= $now - SALLYPORT_SKEW) throw new RuntimeException('exp');
    if (max($iat, $nbf, $claims['auth_time']) > $now + SALLYPORT_SKEW) throw new RuntimeException('iat, nbf or auth_time');
    return $claims;
}

/** The bytes of base64url in its one spelling. */
function sallyport_decode(string $part): string
{
    $bytes = base64_decode(strtr($part, '-_', '+/'), true);
    if ($bytes === false || rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=') !== $part) throw new RuntimeException('base64url');
    return $bytes;
}

/** One part of a token, when it is written as Sallyport writes it: no blank, no member twice, no other spelling. */
function sallyport_read(string $part): array
{
    $text = sallyport_decode($part);
    $value = json_decode($text, false, 64, JSON_THROW_ON_ERROR);
    $again = json_encode($value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS | JSON_THROW_ON_ERROR);
    if (!$value instanceof stdClass || $again !== $text || !sallyport_is_plain($value, SALLYPORT_DEPTH)) throw new RuntimeException('another spelling');
    return (array) $value;
}

/** Nothing that two readers of JSON could read in two ways: whole numbers, text without control characters, plain names. */
function sallyport_is_plain($value, int $depth): bool
{
    if ($value === null || is_bool($value)) return true;
    if (is_int($value)) return abs($value) < 2 ** 53;
    if (is_string($value)) return preg_match('/[\x00-\x1f\x7f-\x{9f}]/u', $value) === 0;
    if ($depth === 0 || (!is_array($value) && !$value instanceof stdClass)) return false;
    foreach ($value as $name => $each) {
        if (!is_array($value) && !preg_match('/\A[A-Za-z][A-Za-z0-9_]*\z/', (string) $name)) return false;
        if (!sallyport_is_plain($each, $depth - 1)) return false;
    }
    return true;
}

function sallyport_is_text($value): bool
{
    return is_string($value) && $value !== '' && preg_match('/\A\p{Z}|\p{Z}\z/u', $value) === 0;
}

function sallyport_is_texts($value): bool
{
    if (!is_array($value) || $value === []) return false;
    foreach ($value as $each) if (!sallyport_is_text($each)) return false;
    return true;
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
        $found = [];
        foreach (json_decode((string) file_get_contents($cacheFile), true)['keys'] ?? [] as $jwk) {
            if (($jwk['kid'] ?? null) !== $kid || ($jwk['kty'] ?? null) !== 'EC' || ($jwk['crv'] ?? null) !== 'P-256') continue;
            if (($jwk['alg'] ?? 'ES256') === 'ES256' && ($jwk['use'] ?? 'sig') === 'sig') $found[] = $jwk;
        }
        if (count($found) === 1) return sallyport_pem($found[0]); // two of one name are none
    }
    throw new RuntimeException('unknown key');
}

/** A P-256 public key as SubjectPublicKeyInfo (RFC 5480): a fixed prefix, then the uncompressed point. */
function sallyport_pem(array $jwk): string
{
    $point = '';
    foreach (['x', 'y'] as $axis) $point .= sallyport_decode($jwk[$axis]);
    if (strlen($point) !== 64) throw new RuntimeException('a key that is none');
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
