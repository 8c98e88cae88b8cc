<?php

/**
 * The tests' own way to the database: one JSON line in, one JSON line out. {"sql": "…?…", "params": [1, "a", null]}
 * answers {"rows": […]} (every value is text or null) or {"error": "…"}. Arguments: socket and database.
 */

declare(strict_types=1);

if (PHP_SAPI !== 'cli') {
    http_response_code(404);
    exit;
}

mysqli_report(MYSQLI_REPORT_OFF);
$open = static function () use ($argv): mysqli {
    $link = mysqli_init();
    if ($link === false || !@$link->real_connect('localhost', 'root', '', $argv[2], 0, $argv[1])) {
        throw new RuntimeException('no database: ' . ($link === false ? '' : $link->connect_error));
    }
    $link->set_charset('utf8mb4');
    return $link;
};

/** @var ?mysqli $link */
$link = null;
while (($line = fgets(STDIN)) !== false) {
    try {
        $asked = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
        /* A server that was started anew meanwhile does not know this connection any more. */
        $link = $link !== null && @$link->query('DO 1') !== false ? $link : $open();
        $parts = $asked['params'] === [] ? [$asked['sql']] : explode('?', $asked['sql']);
        if (count($parts) !== count($asked['params']) + 1) {
            throw new RuntimeException('as many parameters as question marks are wanted');
        }
        $sql = array_shift($parts);
        foreach ($asked['params'] as $param) {
            $sql .= ($param === null ? 'NULL' : "'" . $link->real_escape_string((string) $param) . "'")
                . array_shift($parts);
        }
        $rows = [];
        $ok = $link->multi_query($sql);
        while ($ok) {
            $result = $link->store_result();
            if ($result !== false) {
                $rows = $result->fetch_all(MYSQLI_ASSOC);
            }
            if (!$link->more_results()) {
                break;
            }
            $ok = $link->next_result();
        }
        if (!$ok || $link->errno !== 0) {
            throw new RuntimeException('(' . $link->errno . ') ' . $link->error);
        }
        echo json_encode(['rows' => $rows], JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR), "\n";
    } catch (Throwable $error) {
        $answer = ['error' => $error->getMessage()];
        echo json_encode($answer, JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE), "\n";
    }
}
