<?php

declare(strict_types=1);

namespace Chekpost\Setup;

use Chekpost\Office\Html;
use Chekpost\Office\Office;

/** The setup check on a page. */
final class CheckView
{
    private const KINDS = [Finding::OK => 'good', Finding::WARNING => 'warn', Finding::WRONG => 'bad'];

    private Office $office;

    public function __construct(Office $office)
    {
        $this->office = $office;
    }

    public function html(): string
    {
        return Html::panel('Проверка сайта', '<p>Проверка ничего не меняет.</p>'
            . self::table((new Check($this->office))->findings($this->office->settings)));
    }

    /**
     * What is wrong comes first.
     *
     * @param list<Finding> $findings
     */
    public static function table(array $findings): string
    {
        $rows = [Finding::WRONG => [], Finding::WARNING => [], Finding::OK => []];
        foreach ($findings as $finding) {
            $rows[$finding->level][] = [
                Html::mark(self::KINDS[$finding->level], $finding->word()),
                Html::text($finding->title),
                Html::text($finding->text),
                Html::text($finding->mend),
            ];
        }
        return Html::table(['', 'Что', 'Как сейчас', 'Что сделать'], array_merge(...array_values($rows)), '');
    }
}
