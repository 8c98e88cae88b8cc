<?php

declare(strict_types=1);

namespace Bitrix\Main\Mail;

use Bitrix\Main\Application;

/** Letters; here they go into a table. */
final class Mail
{
    /** @param array<string, mixed> $letter TO, SUBJECT, BODY, CHARSET, CONTENT_TYPE, HEADER */
    public static function send(array $letter): bool
    {
        $connection = Application::getConnection();
        $helper = $connection->getSqlHelper();
        $connection->queryExecute(sprintf(
            "INSERT INTO fake_mail (recipient, subject, body, fields, at) VALUES ('%s', '%s', '%s', '%s', NOW())",
            $helper->forSql((string) ($letter['TO'] ?? '')),
            $helper->forSql((string) ($letter['SUBJECT'] ?? '')),
            $helper->forSql((string) ($letter['BODY'] ?? '')),
            $helper->forSql((string) json_encode($letter, JSON_UNESCAPED_UNICODE | JSON_PARTIAL_OUTPUT_ON_ERROR))
        ));
        return true;
    }
}
