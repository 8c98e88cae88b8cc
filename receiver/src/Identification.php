<?php

declare(strict_types=1);

namespace Chekpost;

/**
 * Which product of the site a line is. In this order: a person's word on its code, the barcode, the id of 1C, the
 * article, a person's word on its name: a till writes one name on many goods, so a code says more. Never the name by
 * itself: two goods may bear one, and a wrong one would be sold in silence.
 */
final class Identification
{
    /** Tills write EAN-8, UPC-12, EAN-13 and GTIN-14 with or without the noughts before them. */
    private const LENGTHS = [8, 12, 13, 14];

    private ProductMap $map;
    private Catalogue $catalogue;
    private string $articleProperty;
    private string $store = '';
    /** @var array<string, Mapping> */
    private array $mappings = [];
    /** @var array<string, int> */
    private array $barcodes = [];

    public function __construct(ProductMap $map, Catalogue $catalogue, string $articleProperty)
    {
        $this->map = $map;
        $this->catalogue = $catalogue;
        $this->articleProperty = $articleProperty;
    }

    /**
     * Asks for all lines at once what can be asked at once.
     *
     * @param list<SaleLine> $lines
     */
    public function prepare(string $store, array $lines): void
    {
        $this->store = $store;
        $codes = [];
        $barcodes = [];
        foreach ($lines as $line) {
            foreach ($line->codes() as $kind => $code) {
                $codes[] = [$kind, $code];
            }
            array_push($barcodes, ...self::barcodesOf($line));
        }
        $this->mappings = $this->map->findMany($this->store, $codes);
        $this->barcodes = $this->catalogue->byBarcodes(array_values(array_unique($barcodes)));
        $mapped = array_map(static fn (Mapping $mapping): ?int => $mapping->productId, $this->mappings);
        $this->catalogue->load(array_merge(
            array_values(array_filter($mapped)),
            array_values($this->barcodes)
        ));
    }

    /** A person's word on one of the line's codes, the surest first. */
    public function mappingOfCode(SaleLine $line): ?Mapping
    {
        foreach ($line->codes() as $kind => $code) {
            $mapping = $kind === 'name' ? null : $this->said($kind, $code);
            if ($mapping !== null) {
                return $mapping;
            }
        }
        return null;
    }

    public function mappingOfName(SaleLine $line): ?Mapping
    {
        return $line->name === null ? null : $this->said('name', $line->name);
    }

    /** @return list<int> none: unknown; several: ambiguous */
    public function productsOf(SaleLine $line): array
    {
        $found = array_values(array_unique(array_values(
            array_intersect_key($this->barcodes, array_flip(self::barcodesOf($line)))
        )));
        $article = trim($line->article ?? '');
        if ($found === [] && $article !== '') {
            $found = $this->catalogue->byXmlId($article);
        }
        if ($found === [] && $article !== '' && $this->articleProperty !== '') {
            $found = $this->catalogue->byArticle($this->articleProperty, $article);
        }
        return $found;
    }

    private function said(string $kind, string $code): ?Mapping
    {
        return $this->mappings[ProductMap::hash($kind, ProductMap::normalise($kind, $code))] ?? null;
    }

    /** @return list<string> every way in which the line's barcodes may be written on the site */
    private static function barcodesOf(SaleLine $line): array
    {
        $barcodes = [];
        foreach (['gtin' => $line->gtin, 'ean' => $line->ean] as $kind => $code) {
            $digits = ProductMap::normalise($kind, $code ?? '');
            if ($digits === '') {
                continue;
            }
            $barcodes[] = $digits;
            foreach (ctype_digit($digits) ? self::LENGTHS : [] as $length) {
                $barcodes[] = str_pad($digits, $length, '0', STR_PAD_LEFT);
            }
        }
        return array_values(array_unique($barcodes));
    }
}
