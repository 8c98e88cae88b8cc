<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\ProductMap;

/**
 * The map of products as a table that people edit in a spreadsheet. Reading it writes nothing: it says line by line
 * what would change and what is wrong; apply() then writes only the lines that are sound.
 */
final class MapFile
{
    public const HEAD = ['магазин', 'вид', 'код', 'товар', 'коэффициент', 'название на сайте'];
    private const NOT_KEPT = 'не ведётся';
    private const REMOVE = 'удалить';
    private const MOST_LINES = 50000;

    private ProductMap $map;
    private Products $products;

    public function __construct(ProductMap $map, Products $products)
    {
        $this->map = $map;
        $this->products = $products;
    }

    public function export(): string
    {
        return Csv::write($this->rows());
    }

    /**
     * @return array{rows: list<array{line: int, store: string, kind: string, code: string, productId: int|null,
     *     factor: string|null, does: string, id: int|null}>, wrong: list<array{line: int, text: string}>}
     */
    public function read(string $bytes): array
    {
        $table = Csv::read($bytes);
        if ($table === null) {
            $wrong = ['line' => 1, 'text' => 'это не текст CSV: сохраните файл как «CSV UTF-8»'];
            return ['rows' => [], 'wrong' => [$wrong]];
        }
        if ($table === []) {
            return ['rows' => [], 'wrong' => [['line' => 1, 'text' => 'файл пуст']]];
        }
        $rows = $wrong = $seen = [];
        foreach ($this->withoutHead($table) as $line => $cells) {
            if (count($rows) + count($wrong) >= self::MOST_LINES) {
                $wrong[] = ['line' => $line, 'text' => 'больше ' . self::MOST_LINES . ' строк: разделите файл'];
                break;
            }
            $row = $this->understand($line, $cells);
            if (is_string($row)) {
                $wrong[] = ['line' => $line, 'text' => $row];
                continue;
            }
            $same = $row['store'] . "\n" . $row['kind'] . "\n" . $row['code'];
            if (isset($seen[$same])) {
                $wrong[] = ['line' => $line, 'text' => 'тот же код уже стоит в строке ' . $seen[$same]];
                continue;
            }
            $seen[$same] = $line;
            $rows[] = $row;
        }
        return $this->checked($rows, $wrong);
    }

    /**
     * @param list<array{line: int, store: string, kind: string, code: string, productId: int|null,
     *     factor: string|null, does: string, id: int|null}> $rows as read() gave them
     */
    public function apply(array $rows, string $who): int
    {
        $written = 0;
        foreach ($rows as $row) {
            if ($row['does'] === 'same') {
                continue;
            }
            if ($row['does'] === 'remove') {
                $this->map->remove((int) $row['id']);
            } else {
                $this->map->put($row['store'], $row['kind'], $row['code'], $row['productId'], $row['factor'], $who);
            }
            $written++;
        }
        return $written;
    }

    /** @return \Generator<int, list<string>> */
    private function rows(): \Generator
    {
        yield self::HEAD;
        $batch = [];
        foreach ($this->map->all() as $mapping) {
            $batch[] = $mapping;
            if (count($batch) === 500) {
                yield from $this->shown($batch);
                $batch = [];
            }
        }
        yield from $this->shown($batch);
    }

    /**
     * @param list<\Chekpost\Mapping> $batch
     * @return list<list<string>>
     */
    private function shown(array $batch): array
    {
        $ids = [];
        foreach ($batch as $mapping) {
            if ($mapping->productId !== null) {
                $ids[] = $mapping->productId;
            }
        }
        $names = $this->products->named($ids);
        $rows = [];
        foreach ($batch as $mapping) {
            $rows[] = [
                $mapping->store,
                Words::kind($mapping->kind),
                $mapping->code,
                $mapping->productId === null ? self::NOT_KEPT : (string) $mapping->productId,
                $mapping->factor === null ? '' : $mapping->factor->spoken(),
                $mapping->productId === null ? '' : ($names[$mapping->productId]['name'] ?? ''),
            ];
        }
        return $rows;
    }

    /**
     * @param array<int, list<string>> $table
     * @return array<int, list<string>>
     */
    private function withoutHead(array $table): array
    {
        $first = array_key_first($table);
        $isHead = $first !== null && in_array(mb_strtolower($table[$first][0] ?? ''), ['магазин', 'store'], true);
        if ($isHead) {
            unset($table[$first]);
        }
        return $table;
    }

    /**
     * @param list<string> $cells
     * @return array{line: int, store: string, kind: string, code: string, productId: int|null,
     *     factor: string|null, does: string, id: int|null}|string what is wrong with the line
     */
    private function understand(int $line, array $cells)
    {
        if (count($cells) < 4) {
            return 'нужно хотя бы четыре столбца: ' . implode(';', array_slice(self::HEAD, 0, 4));
        }
        [$store, $kindWord, $code, $product] = $cells;
        $kind = Words::kindOf($kindWord);
        if ($kind === null) {
            return 'вид кода «' . $kindWord . '» неизвестен: GTIN, штрихкод, артикул или название';
        }
        if (preg_match('/^[A-Za-z0-9_.-]{0,64}$/D', $store) !== 1) {
            return 'магазин «' . $store . '»: код, как в программе кассы; пусто – все магазины';
        }
        if ($kind !== 'name' && preg_match('/^\d[.,]\d+E\+?\d+$/iD', $code) === 1) {
            return 'код «' . $code . '» испорчен таблицей: задайте столбцу текстовый формат и впишите код заново';
        }
        $normal = ProductMap::normalise($kind, $code);
        if ($normal === '' || mb_strlen($normal) > 500) {
            return 'код пуст или длиннее 500 знаков';
        }
        $factor = Words::factor($cells[4] ?? '');
        if ($factor === null) {
            return 'коэффициент «' . $cells[4] . '»: положительное число, не больше шести знаков после запятой';
        }
        $row = ['line' => $line, 'store' => $store, 'kind' => $kind, 'code' => $normal, 'productId' => null,
            'factor' => $factor === '' ? null : $factor, 'does' => 'put', 'id' => null];
        $word = mb_strtolower($product);
        if ($word === self::REMOVE) {
            return ['does' => 'remove'] + $row;
        }
        if ($word === self::NOT_KEPT || $word === 'не ведется' || $word === '-') {
            return ['factor' => null] + $row;
        }
        if (preg_match('/^[1-9]\d{0,9}$/D', $product) !== 1) {
            return 'товар «' . $product . '»: номер элемента на сайте, «' . self::NOT_KEPT . '» или «'
                . self::REMOVE . '»';
        }
        return ['productId' => (int) $product] + $row;
    }

    /**
     * @param list<array{line: int, store: string, kind: string, code: string, productId: int|null,
     *     factor: string|null, does: string, id: int|null}> $rows
     * @param list<array{line: int, text: string}> $wrong
     * @return array{rows: list<array{line: int, store: string, kind: string, code: string, productId: int|null,
     *     factor: string|null, does: string, id: int|null}>, wrong: list<array{line: int, text: string}>}
     */
    private function checked(array $rows, array $wrong): array
    {
        $names = $this->products->named(array_filter(array_column($rows, 'productId')));
        $present = [];
        foreach ($this->map->all() as $mapping) {
            $present[$mapping->store . "\n" . $mapping->kind . "\n" . $mapping->code] = $mapping;
        }
        $sound = [];
        foreach ($rows as $row) {
            $problem = $row['productId'] === null ? null : Products::problem($row['productId'], $names);
            $old = $present[$row['store'] . "\n" . $row['kind'] . "\n" . $row['code']] ?? null;
            if ($problem === null && $row['does'] === 'remove' && $old === null) {
                $problem = 'удалять нечего: такой связи нет';
            }
            if ($problem !== null) {
                $wrong[] = ['line' => $row['line'], 'text' => $problem];
                continue;
            }
            if ($old !== null) {
                $factor = $old->factor === null ? null : $old->factor->text();
                $same = $old->productId === $row['productId'] && $factor === $row['factor'];
                $row['id'] = $old->id;
                $row['does'] = $row['does'] === 'remove' ? 'remove' : ($same ? 'same' : 'change');
            }
            $sound[] = $row;
        }
        usort($wrong, static function (array $a, array $b): int {
            return $a['line'] <=> $b['line'];
        });
        return ['rows' => $sound, 'wrong' => $wrong];
    }
}
