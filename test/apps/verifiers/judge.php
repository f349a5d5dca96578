<?php
// Reads tokens as JSON from the input, and writes what the verifier of docs/verify says of each.
$asked = json_decode(stream_get_contents(STDIN), true);
// Its functions without its last lines, which judge the one request of a web server.
$source = file_get_contents($asked['folder'] . '/php.php');
$functions = strstr($source, "\ntry {\n    define('SALLYPORT_ACCOUNT'", true);
if ($functions === false) throw new RuntimeException('php.php has another shape');
eval('?>' . $functions);

$cache = $asked['cache'] . '/jwks.json';
$said = [];
foreach ($asked['tokens'] as $token) {
    try {
        $said[] = sallyport_verify($token, $asked['jwksUrl'], $asked['issuer'], $asked['audience'], $cache, $asked['now'])['name'];
    } catch (Throwable $refused) {
        $said[] = null;
    }
}
echo json_encode($said, JSON_THROW_ON_ERROR);
