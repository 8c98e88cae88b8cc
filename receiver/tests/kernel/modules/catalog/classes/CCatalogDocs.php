<?php

declare(strict_types=1);

use Bitrix\Catalog\Config\State;
use Bitrix\Main\Config\Option;
use Bitrix\Main\DB\SqlQueryException;
use Fake\Fault;
use Fake\Rows;
use Fake\Text;

/** Documents of the stores. */
class CCatalogDocs
{
    /**
     * catalog 22.900: no transaction, no lock. The header first, the lines after it, and a line that could not be
     * stored does not fail the document.
     *
     * @param array<string, mixed> $fields
     * @return int|false
     */
    public static function add($fields)
    {
        foreach (GetModuleEvents('catalog', 'OnBeforeDocumentAdd', true) as $handler) {
            if (ExecuteModuleEventEx($handler, [&$fields]) === false) {
                return false;
            }
        }
        unset($fields['DATE_CREATE'], $fields['DATE_MODIFY']);
        $fields['~DATE_CREATE'] = $fields['~DATE_MODIFY'] = 'NOW()';
        $fields['WAS_CANCELLED'] = 'N';
        if (!self::checkFields($fields, true)) {
            return false;
        }
        /* catalog 22.900: the counter of this type lives in b_option; in a transaction its row stays locked. */
        $counter = 'store_document_numbers_' . $fields['DOC_TYPE'];
        $number = (int) Option::get('catalog', $counter) + 1;
        Option::set('catalog', $counter, $number);
        if (($fields['TITLE'] ?? '') === '') {
            $fields['TITLE'] = $fields['DOC_TYPE'] . ' №' . $number;
        }
        $id = Rows::insert('b_catalog_store_docs', $fields);
        foreach (is_array($fields['ELEMENT'] ?? null) ? $fields['ELEMENT'] : [] as $line) {
            self::addLine($id, $line);
        }
        foreach (GetModuleEvents('catalog', 'OnDocumentAdd', true) as $handler) {
            ExecuteModuleEventEx($handler, [$id, $fields]);
        }
        Fault::crash('crash_after_add');
        return $id;
    }

    /**
     * @param int $id
     * @param array<string, mixed> $fields
     */
    public static function update($id, $fields): bool
    {
        $id = (int) $id;
        $old = Rows::one('SELECT * FROM b_catalog_store_docs WHERE ID = ' . $id);
        if ($old === false) {
            return false;
        }
        if ($old['STATUS'] === 'Y' && ($fields['STATUS'] ?? '') !== 'N') {
            return Text::refuse('no-change');
        }
        foreach (GetModuleEvents('catalog', 'OnBeforeDocumentUpdate', true) as $handler) {
            if (ExecuteModuleEventEx($handler, [$id, &$fields]) === false) {
                return false;
            }
        }
        unset($fields['DATE_CREATE'], $fields['DATE_MODIFY'], $fields['DATE_STATUS'], $fields['CREATED_BY']);
        $fields['~DATE_MODIFY'] = 'NOW()';
        if (!self::checkFields($fields, false)) {
            return false;
        }
        try {
            Rows::update('b_catalog_store_docs', $id, $fields);
        } catch (SqlQueryException $error) {
            return false; // catalog 22.900: errors of this very statement are ignored and only make it fail
        }
        foreach (GetModuleEvents('catalog', 'OnDocumentUpdate', true) as $handler) {
            ExecuteModuleEventEx($handler, [$id, $fields, array_intersect_key($old, $fields)]);
        }
        return true;
    }

    /** @param int $id */
    public static function delete($id): bool
    {
        $id = (int) $id;
        $row = Rows::one('SELECT STATUS FROM b_catalog_store_docs WHERE ID = ' . $id);
        if ($row === false) {
            return false;
        }
        if ($row['STATUS'] === 'Y') {
            return Text::refuse('no-delete');
        }
        $connection = \Bitrix\Main\Application::getConnection();
        $connection->queryExecute('DELETE FROM b_catalog_store_docs WHERE ID = ' . $id);
        $connection->queryExecute('DELETE FROM b_catalog_docs_element WHERE DOC_ID = ' . $id);
        $connection->queryExecute('DELETE FROM b_catalog_docs_barcode WHERE DOC_ID = ' . $id);
        foreach (GetModuleEvents('catalog', 'OnDocumentDelete', true) as $handler) {
            ExecuteModuleEventEx($handler, [$id]);
        }
        return true;
    }

    /**
     * catalog 22.900: the status is read without a lock and written last; between them stock is moved. No transaction:
     * whoever calls owns it.
     *
     * @param int $id
     * @param int $userId
     * @return bool|string
     */
    public static function conductDocument($id, $userId = 0)
    {
        if (!State::isUsedInventoryManagement()) {
            return Text::refuse('control-off');
        }
        $row = Rows::one('SELECT * FROM b_catalog_store_docs WHERE ID = ' . (int) $id);
        if ($row === false) {
            return false;
        }
        if ($row['STATUS'] === 'Y') {
            return Text::refuse('conducted');
        }
        $lie = Fault::value('lying_conduct');
        if ($lie !== null) {
            return $lie === 'string' ? 'OK' : true;
        }
        if (!CCatalogDocsTypes::move($row, true)) {
            return false;
        }
        Fault::gate('gate_before_status');
        Fault::crash('crash_before_status');
        return self::update((int) $id, self::status(['STATUS' => 'Y'], (int) $userId, true));
    }

    /**
     * @param int $id
     * @param int $userId
     */
    public static function cancellationDocument($id, $userId = 0): bool
    {
        if (!State::isUsedInventoryManagement()) {
            return Text::refuse('control-off');
        }
        $row = Rows::one('SELECT * FROM b_catalog_store_docs WHERE ID = ' . (int) $id);
        if ($row === false) {
            return false;
        }
        if ($row['STATUS'] !== 'Y') {
            return Text::refuse('not-conducted');
        }
        if (!CCatalogDocsTypes::move($row, false)) {
            return false;
        }
        return self::update((int) $id, self::status(['STATUS' => 'N', 'WAS_CANCELLED' => 'Y'], (int) $userId, false));
    }

    /**
     * @param array<string, mixed> $fields
     * @return array<string, mixed>
     */
    private static function status(array $fields, int $userId, bool $isModified): array
    {
        if ($userId > 0) {
            $fields['STATUS_BY'] = $userId;
            if ($isModified) {
                $fields['MODIFIED_BY'] = $userId;
            }
        }
        return $fields;
    }

    /** @param mixed $line */
    private static function addLine(int $document, $line): void
    {
        if (!is_array($line)) {
            return;
        }
        foreach (GetModuleEvents('catalog', 'OnBeforeCatalogStoreDocsElementAdd', true) as $handler) {
            if (ExecuteModuleEventEx($handler, [&$line]) === false) {
                return;
            }
        }
        $product = (int) ($line['ELEMENT_ID'] ?? 0);
        if ((isset($line['ELEMENT_ID']) && $product <= 0) || Fault::value('line_fails:' . $product) !== null) {
            return;
        }
        $id = Rows::insert('b_catalog_docs_element', ['DOC_ID' => $document] + $line);
        foreach (is_array($line['BARCODE'] ?? null) ? $line['BARCODE'] : [] as $barcode) {
            Rows::insert('b_catalog_docs_barcode', [
                'DOC_ID' => $document,
                'DOC_ELEMENT_ID' => $id,
                'BARCODE' => $barcode,
            ]);
        }
    }

    /**
     * catalog 22.900: an unknown letter passes here, only an empty one does not; a status of Y is stored as it is.
     *
     * @param array<string, mixed> $fields
     */
    private static function checkFields(array &$fields, bool $isNew): bool
    {
        $needed = ['DOC_TYPE' => 'no-type', 'SITE_ID' => 'no-site', 'RESPONSIBLE_ID' => 'no-responsible'];
        foreach ($needed as $name => $refusal) {
            if (($isNew || isset($fields[$name])) && (string) ($fields[$name] ?? '') === '') {
                return Text::refuse($refusal);
            }
        }
        if ($isNew || array_key_exists('STATUS', $fields)) {
            $fields['STATUS'] = ($fields['STATUS'] ?? '') === 'Y' ? 'Y' : 'N';
            $fields['~DATE_STATUS'] = 'NOW()';
        }
        if (isset($fields['DATE_DOCUMENT'])) {
            $date = \DateTime::createFromFormat('d.m.Y H:i:s', (string) $fields['DATE_DOCUMENT'])
                ?: \DateTime::createFromFormat('!d.m.Y', (string) $fields['DATE_DOCUMENT']);
            /* catalog 22.900: what is not a date in the site's format becomes now. */
            $fields['~DATE_DOCUMENT'] = $date === false ? 'NOW()' : "'" . $date->format('Y-m-d H:i:s') . "'";
            unset($fields['DATE_DOCUMENT']);
        }
        return true;
    }
}
