<?php
// Signs uploads for the pages of your site: `php -S 127.0.0.1:3000 php.php`.
// In: {"paramsToSign":{…}}. Out: {"signature","timestamp","api_key"}.

// What your pages may choose; all else is yours to decide.
const ALLOWED = ['timestamp', 'source', 'upload_preset', 'folder', 'public_id', 'tags', 'context'];

function text($value): string
{
    if (is_array($value)) {
        return implode(',', array_map('text', $value));
    }
    return is_bool($value) ? ($value ? 'true' : 'false') : (string) $value;
}

function sign(array $params): string
{
    $pairs = [];
    foreach ($params as $name => $value) {
        if (text($value) !== '') {
            $pairs[] = str_replace('&', '%26', $name . '=' . text($value));
        }
    }
    sort($pairs, SORT_STRING);
    return hash('sha256', implode('&', $pairs) . getenv('API_SECRET'));
}

function answer(int $status, array $value): void
{
    http_response_code($status);
    header('content-type: application/json');
    echo json_encode($value);
}

// Ask here who the visitor is: whoever gets a signature can upload.
$params = json_decode(file_get_contents('php://input'), true)['paramsToSign'] ?? null;
if (!is_array($params)) {
    answer(400, ['error' => 'send {"paramsToSign":{…}}']);
    return;
}
$unknown = array_diff(array_keys($params), ALLOWED);
if ($unknown) {
    answer(400, ['error' => reset($unknown) . ' is not signed here']);
    return;
}
$params['timestamp'] ??= time();
answer(200, [
    'signature' => sign($params),
    'timestamp' => $params['timestamp'],
    'api_key' => getenv('API_KEY'),
]);
