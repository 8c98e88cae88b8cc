<?php

declare(strict_types=1);

namespace Chekpost\Setup;

use Chekpost\Office\Office;
use Chekpost\Settings;

/** The setup check as a whole: reads, tries in the database what leaves nothing behind, and changes nothing. */
final class Check
{
    private Office $office;

    public function __construct(Office $office)
    {
        $this->office = $office;
    }

    /**
     * @param Settings $settings as they are, or as an installation would make them
     * @return list<Finding>
     */
    public function findings(Settings $settings): array
    {
        return array_merge(
            (new SiteCheck($this->office, $settings))->findings(),
            (new DatabaseCheck($this->office->database, $this->office->clock, self::schema($this->office)))
                ->findings($this->office->isInstalled())
        );
    }

    public static function schema(Office $office): Schema
    {
        return new Schema($office->database, dirname(__DIR__) . '/schema.sql');
    }

    /** @param list<Finding> $findings */
    public static function blocks(array $findings): bool
    {
        foreach ($findings as $finding) {
            if ($finding->blocks) {
                return true;
            }
        }
        return false;
    }
}
