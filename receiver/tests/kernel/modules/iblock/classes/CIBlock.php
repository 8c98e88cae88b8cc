<?php

declare(strict_types=1);

use Bitrix\Main\Application;

/** Information blocks. */
class CIBlock
{
    /** Here it is only written down that it was called. @param int $id */
    public static function clearIblockTagCache($id): void
    {
        Application::getConnection()
            ->queryExecute('INSERT INTO fake_cache (tag) VALUES (\'iblock_id_' . (int) $id . '\')');
    }
}
