<?php

declare(strict_types=1);

namespace Chekpost\Setup;

use Chekpost\Office\Mistake;

/** Where the site is, for a command that no web server has started. Looks before Bitrix is there. */
final class DocumentRoot
{
    private const KERNEL = '/bitrix/modules/main/include/prolog_before.php';

    /** @param string $asked by --docroot, or empty; @param string $script as it was called: the folder may be a link */
    public static function find(string $asked, string $script, string $workingFolder): string
    {
        if ($asked !== '') {
            return self::checked(rtrim($asked, '/'));
        }
        $called = strncmp($script, '/', 1) === 0 ? $script : $workingFolder . '/' . $script;
        foreach ([dirname($called), $workingFolder, __DIR__] as $folder) {
            for (; $folder !== '/' && $folder !== '.' && $folder !== ''; $folder = dirname($folder)) {
                if (is_file($folder . self::KERNEL)) {
                    return $folder;
                }
            }
        }
        throw new Mistake('Не нашлось, где сайт: укажите --docroot /путь/к/корню/сайта');
    }

    private static function checked(string $folder): string
    {
        if (!is_file($folder . self::KERNEL)) {
            throw new Mistake('В ' . $folder . ' нет Битрикса: ' . self::KERNEL . ' не найден');
        }
        return $folder;
    }
}
