<?php

declare(strict_types=1);

namespace Chekpost\Tests;

use Chekpost\Office\Csv;
use PHPUnit\Framework\TestCase;

final class CsvTest extends TestCase
{
    public function testWhatIsWrittenIsReadAgain(): void
    {
        mt_srand(7);
        $pieces = ['', 'а', ';', '"', "\n", ' ', '=1+1', '0012345678905', "'", '+', '€', 'код', "\t", '-', '@x'];
        for ($round = 0; $round < 500; $round++) {
            $rows = [];
            $lines = mt_rand(1, 4);
            for ($line = 0; $line < $lines; $line++) {
                $row = ['x'];
                for ($cell = mt_rand(0, 3); $cell > 0; $cell--) {
                    $row[] = trim($pieces[array_rand($pieces)] . $pieces[array_rand($pieces)]);
                }
                $rows[] = $row;
            }
            self::assertSame($rows, array_values(Csv::read(Csv::write($rows)) ?? []));
        }
    }

    public function testNoCellBeginsAsAFormula(): void
    {
        foreach (['=1', '+1', '-1', '@a', "\t=1"] as $evil) {
            $written = substr(Csv::write([[$evil, 'b']]), 3);
            self::assertSame("'", ltrim($written, '"')[0]);
        }
    }

    public function testLinesAreCountedAsAnEditorCountsThem(): void
    {
        $text = "a;b\r\n\r\n\"c\r\nd\";e\rf";
        self::assertSame([1 => ['a', 'b'], 3 => ["c\nd", 'e'], 5 => ['f']], Csv::read($text));
    }

    public function testAnythingIsReadOrRefused(): void
    {
        mt_srand(11);
        for ($round = 0; $round < 500; $round++) {
            $read = Csv::read(random_bytes(mt_rand(1, 60)));
            foreach ($read ?? [] as $cells) {
                foreach ($cells as $cell) {
                    self::assertTrue(mb_check_encoding($cell, 'UTF-8'));
                }
            }
        }
        self::assertNull(Csv::read("PK\x03\x04\x00\x00"));
    }
}
