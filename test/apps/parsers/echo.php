<?php
// What PHP reads out of a body under the names of X-Names, a line each: every value as base64, divided by commas.
$json = json_decode(file_get_contents('php://input'), true);
foreach (explode(' ', $_SERVER['HTTP_X_NAMES']) as $name) {
    preg_match_all('/[^\[\]]+/', $name, $parts);
    $value = $_SERVER['HTTP_X_KIND'] === 'json' ? $json : $_POST;
    foreach ($parts[0] as $part) $value = is_array($value) ? ($value[$part] ?? null) : null;
    echo $value === null ? '' : base64_encode(is_string($value) ? $value : 'not text: ' . json_encode($value)), "\n";
}
