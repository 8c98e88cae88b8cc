/** The database, the events and the pages of the stand-in: what it models of them, each fact shown to be so. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { added, catalog, connected, from1, line } from './site/scripts.ts'
import { type Answer, send } from './site/wire.ts'
import { type Maria, openMaria, openSite, type Site } from './site.ts'

let db: Maria
let site: Site

beforeAll(async () => {
  db = await openMaria()
  site = await openSite(db)
})
afterAll(async () => {
  await site?.[Symbol.asyncDispose]()
  await db?.[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await site.reset()
  await site.store({ id: 1 })
  await site.product({ id: 7, amount: { 1: 5 } })
})

/** A page of the site made of this PHP, and what it answers. */
async function page(php: string, where = site): Promise<Answer> {
  writeFileSync(join(where.documentRoot, 'page.php'), `<?php\n${php}`)
  return await send({
    method: 'GET',
    url: `${where.base}/page.php`,
    headers: {},
    body: null,
    timeoutMs: 10_000,
  })
}

const prolog = `require $_SERVER['DOCUMENT_ROOT'] . '/bitrix/modules/main/include/prolog_before.php';`
const quiet = `define('NO_AGENT_CHECK', true); define('BX_SECURITY_SESSION_VIRTUAL', true);`

describe('the database', () => {
  const twice = `${connected}
    try { $db->queryExecute("INSERT INTO b_module VALUES ('main')"); }
    catch (Throwable $e) { return [get_class($e), $e->getCode(), $e->getMessage(), $e->getDatabaseMessage()]; }`

  test('the number of an error stands in its text only; a new core has a class for a key that is taken', async () => {
    const text = "(1062) Duplicate entry 'main' for key 'PRIMARY'"
    const said = (kind: string) => [`Bitrix\\Main\\DB\\${kind}`, 400, `Mysql query error: ${text}`, text]
    expect(await site.php(twice)).toEqual(said('DuplicateEntryException'))
    await using old = await openSite(db, { core: 'old' })
    expect(await old.php(twice)).toEqual(said('SqlQueryException'))
  })

  test('is not strict: what is too long is cut, what is too much is clamped', async () => {
    const said = await site.php(`${connected}
      $db->queryExecute("INSERT INTO b_module VALUES ('" . str_repeat('x', 60) . "')");
      $db->queryExecute("INSERT INTO chekpost_event SET event_key = 'k', fd = 99999999999");
      return [$db->queryScalar("SELECT LENGTH(ID) FROM b_module WHERE ID LIKE 'xx%'"),
        $db->queryScalar('SELECT fd FROM chekpost_event')];`)
    expect(said).toEqual(['50', '4294967295'])
  })

  test('every value is text or null, a moment is an object', async () => {
    const said = await site.php(`${connected}
      $row = $db->query("SELECT 1 n, 1.5 d, NULL z, CAST('2026-03-01 10:00:00' AS DATETIME) t")->fetch();
      return [$row['n'], $row['d'], $row['z'], get_class($row['t']), $row['t']->format('Y-m-d H:i:s'), (string) $row['t']];`)
    expect(said).toEqual([
      '1',
      '1.5',
      null,
      'Bitrix\\Main\\Type\\DateTime',
      '2026-03-01 10:00:00',
      '01.03.2026 10:00:00',
    ])
  })

  test('a lock by name keeps out the others of this site, not those of the next', async () => {
    await using other = await openSite(db, { installed: false })
    await site.fault('handler:OnDocumentAdd', 'gate:held')
    await using gate = await site.gate('held')
    const holding = site.php(
      `${connected} $db->lock('x'); ${added('D', line(7, 1, from1))} return $db->unlock('x');`,
    )
    await gate.arrived()
    expect(await site.php(`${connected} return $db->lock('x', 1);`)).toBe(false)
    expect(await other.php(`${connected} return $db->lock('x', 1);`)).toBe(true)
    await gate.open()
    expect(await holding).toBe(true)
  })

  test('a rollback inside goes to the savepoint and throws', async () => {
    const said = await site.php(`${connected} $db->startTransaction();
      $db->queryExecute("INSERT INTO b_module VALUES ('outer')");
      $db->startTransaction();
      $db->queryExecute("INSERT INTO b_module VALUES ('inner')");
      try { $db->rollbackTransaction(); } catch (Bitrix\\Main\\DB\\TransactionException $e) { $db->commitTransaction(); return $e->getMessage(); }`)
    expect(said).toBe('Nested rollbacks are unsupported.')
    expect(await site.sql(`SELECT ID FROM b_module WHERE ID IN ('outer', 'inner')`)).toEqual([
      { ID: 'outer' },
    ])
  })

  test('goes away in the middle of a request when it is told to, and takes the transaction along', async () => {
    await site.fault('db_gone_after', '2')
    const said = await site.php(`${connected} $db->startTransaction();
      $db->queryExecute("INSERT INTO b_module VALUES ('lost')");
      try { $db->queryExecute("INSERT INTO b_module VALUES ('never')"); } catch (Throwable $e) { return $e->getMessage(); }`)
    expect(said).toMatch(/\((2006|2013)\)/)
    expect(await site.value(`SELECT COUNT(*) FROM b_module WHERE ID IN ('lost', 'never')`)).toBe('0')
  })

  test('away: a new core throws, an old one prints a page and dies', async () => {
    await using mortal = await openMaria()
    await using fresh = await openSite(mortal, { workers: 1 })
    await using old = await openSite(mortal, { workers: 1, core: 'old' })
    await mortal.kill()
    const asked = `${quiet} try { ${prolog} } catch (Throwable $e) { echo get_class($e); }`
    expect((await page(asked, fresh)).text).toBe('Bitrix\\Main\\DB\\ConnectionException')
    expect((await page(asked, old)).text).toContain('Error connecting to database')
    await mortal.start()
    expect((await page(`${quiet} ${prolog} echo 'here';`, fresh)).text).toBe('here')
    expect(await fresh.value('SELECT COUNT(*) FROM b_module')).toBe('4')
  })
})

describe('events', () => {
  beforeEach(() => {
    mkdirSync(join(site.documentRoot, 'local/ours'), { recursive: true })
    writeFileSync(
      join(site.documentRoot, 'local/ours/handler.php'),
      `<?php class Ours { public static function note(...$told) {
        Bitrix\\Main\\Application::getConnection()->queryExecute("INSERT INTO fake_cache (tag) VALUES ('" .
          (is_object($told[0]) ? 'event ' . $told[0]->getParameter('ENTITY')->getField('ORDER_ID')
          : gettype($told[0])) . "')"); } }`,
    )
  })
  const manager = '$events = Bitrix\\Main\\EventManager::getInstance();'
  const notes = async () => (await site.sql('SELECT tag FROM fake_cache')).map(({ tag }) => tag)

  test('an old event looks for the path under /bitrix, a new one under /local; a way up fits both', async () => {
    const add = (event: string, from: string, path: string) =>
      site.php(
        `${manager} $events->registerEventHandler('${from}', '${event}', 'main', 'Ours', 'note', 100, '${path}');`,
      )
    await site.order({ id: 3, lines: { 7: 1 }, price: '1' })
    await add('OnSuccessCatalogImport1C', 'catalog', '/ours/handler.php')
    await site.import1c()
    expect(await notes()).toEqual([])
    await add('OnShipmentDeducted', 'sale', '/ours/handler.php')
    await site.ship(3, 1)
    expect(await notes()).toEqual(['event 3'])
    await add('OnCompleteCatalogImport1C', 'catalog', '/../local/ours/handler.php')
    await add('OnShipmentDeducted', 'sale', '/../local/ours/handler.php')
    await site.import1c()
    await site.ship(3, 1, false)
    expect((await notes()).slice(1)).toEqual(['array', 'event 3', 'event 3'])
  })

  test('a handler of a module that is not installed is never called', async () => {
    await site.php(
      `${manager} $events->registerEventHandler('catalog', 'OnSuccessCatalogImport1C', 'ours', 'Ours', 'note');`,
    )
    await site.import1c()
    expect(await notes()).toEqual([])
  })

  test('the same registration twice is one, and goes only when all of it is named', async () => {
    const all = `'catalog', 'OnSuccessCatalogImport1C', 'main', 'Ours', 'note'`
    for (const _ of [1, 2]) await site.php(`${manager} $events->registerEventHandler(${all}, 100, '/a.php');`)
    const count = () => site.value('SELECT COUNT(*) FROM b_module_to_module')
    expect(await count()).toBe('1')
    await site.php(`${manager} $events->unRegisterEventHandler(${all});`)
    expect(await count()).toBe('1')
    await site.php(`${manager} $events->unRegisterEventHandler(${all}, '/a.php');`)
    expect(await count()).toBe('0')
  })
})

describe('modules and products', () => {
  test('classes of a module are there only after its inclusion', async () => {
    expect(await site.php(`return class_exists('CCatalogDocs');`)).toBe(false)
    expect(await site.php(`${catalog} return class_exists('CCatalogDocs');`)).toBe(true)
    await site.fault('module_missing:catalog', 'yes')
    expect(await site.php(`return Bitrix\\Main\\Loader::includeModule('sale');`)).toBe(false)
  })

  test('the id of a product is not its barcode: nothing is found, or something else', async () => {
    expect(await site.php(`${catalog} return CCatalogProduct::GetByID('4600000000001');`)).toBe(false)
    expect(await site.php(`${catalog} return CCatalogProduct::GetByID('7-ABC')['ID'];`)).toBe('7')
  })

  test('the model of amounts has no key of product and store', async () => {
    const asked = `${catalog} Bitrix\\Catalog\\StoreProductTable::update(['PRODUCT_ID' => 7, 'STORE_ID' => 1], ['AMOUNT' => 1]);`
    await expect(site.php(asked)).rejects.toThrow('Unknown primary')
  })

  test('the model of products writes what it is told, and whether it is available', async () => {
    await site.sql(`UPDATE b_catalog_product SET QUANTITY_TRACE = 'Y' WHERE ID = 7`)
    const set = (quantity: number) =>
      site.php(
        `${catalog} return Bitrix\\Catalog\\Model\\Product::update(7, ['QUANTITY' => ${quantity}])->isSuccess();`,
      )
    expect([await set(0), await site.value('SELECT AVAILABLE FROM b_catalog_product')]).toEqual([true, 'N'])
    expect([await set(2.5), await site.value('SELECT AVAILABLE FROM b_catalog_product')]).toEqual([true, 'Y'])
    expect([await site.quantity(7), await site.amount(7, 1)]).toEqual(['2.5', '5'])
    await site.fault('product_update_fails:7', 'yes')
    expect(await set(1)).toBe(false)
  })

  test('a set names its parts', async () => {
    await site.product({ id: 9, type: 2, set: { 7: 2, 8: '0.5' } })
    const said =
      await site.php(`${catalog} $sets = CCatalogProductSet::getAllSetsByProduct(9, CCatalogProductSet::TYPE_SET);
      return array_map(fn($item) => [$item['ITEM_ID'], $item['QUANTITY']], array_values(reset($sets)['ITEMS']));`)
    expect(said).toEqual([
      [7, 2.0],
      [8, 0.5],
    ])
    expect(await site.php(`${catalog} return CCatalogProductSet::getAllSetsByProduct(7, 1);`)).toBe(false)
  })

  test('letters and dropped cache tags are written down', async () => {
    await site.php(`${catalog} CIBlock::clearIblockTagCache(2);
      return Bitrix\\Main\\Mail\\Mail::send(['TO' => 'a@b.example', 'SUBJECT' => 'Тема', 'BODY' => 'Текст']);`)
    expect(await site.sql('SELECT recipient, subject, body FROM fake_mail')).toEqual([
      { recipient: 'a@b.example', subject: 'Тема', body: 'Текст' },
    ])
    expect(await site.value('SELECT tag FROM fake_cache')).toBe('iblock_id_2')
  })
})

describe('pages', () => {
  test('every page sends a session, unless it is a virtual one; logging in sends one all the same', async () => {
    expect((await page(`define('NO_AGENT_CHECK', true); ${prolog}`)).headers['set-cookie']).toHaveLength(1)
    expect((await page(`${quiet} ${prolog}`)).headers['set-cookie']).toBeUndefined()
    expect((await page(`${quiet} ${prolog} $USER->Authorize(2);`)).headers['set-cookie']).toHaveLength(2)
  })

  test('what nobody catches is an HTML page', async () => {
    const answer = await page(`${quiet} ${prolog} throw new Exception('x');`)
    expect([answer.status, answer.headers['content-type']]).toEqual([500, 'text/html; charset=UTF-8'])
  })

  test('agents run on hits unless the page forbids it, and by the script', async () => {
    await site.php(`return CAgent::AddAgent('$GLOBALS["ran"] = 1;', 'main', 'N', 60);`)
    await site.sql(`UPDATE b_agent SET NAME = 'Fake\\\\Fault::limit("x")'`)
    await page(`${quiet} ${prolog}`)
    expect(await site.value('SELECT COUNT(*) FROM b_agent')).toBe('1')
    await page(`define('BX_SECURITY_SESSION_VIRTUAL', true); ${prolog}`)
    expect(await site.value('SELECT COUNT(*) FROM b_agent')).toBe('0')
  })

  test('the back office shows the login form to whoever has not logged in', async () => {
    const admin = `require $_SERVER['DOCUMENT_ROOT'] . '/bitrix/modules/main/include/prolog_admin_before.php';
      echo $USER->GetLogin(), $USER->IsAdmin() ? ' may' : ' may not', check_bitrix_sessid() ? ' form' : '';`
    expect((await page(admin)).text).toContain('Авторизация')
    expect((await (await site.browser(1)).get('/page.php')).text).toBe('admin may')
    expect((await (await site.browser(3)).get('/page.php')).text).toBe('editor may not')
    expect((await (await site.browser(1)).post('/page.php', {})).text).toBe('admin may form')
    expect((await (await site.browser(1)).post('/page.php', { sessid: 'forged' })).text).toBe('admin may')
  })

  test('a process that dies breaks its own connection only, and another takes its place', async () => {
    await expect(page(`posix_kill(getmypid(), SIGKILL); sleep(5);`)).rejects.toThrow(
      /socket hang up|ECONNRESET/,
    )
    expect((await page(`echo 'again';`)).text).toBe('again')
    await expect.poll(() => site.died).toBe(1)
  })

  test('as many requests run at once as there are processes; the rest wait their turn', async () => {
    await using small = await openSite(db, { workers: 2, installed: false })
    // Long enough that the second process stands before the first has answered them all.
    const pids = await Promise.all([1, 2, 3, 4].map(() => page('usleep(500000); echo getmypid();', small)))
    expect(new Set(pids.map(({ text }) => text)).size).toBe(2)
  })

  test('PHP may be killed and started again on the same port', async () => {
    await using small = await openSite(db, { workers: 1, installed: false })
    expect((await page(`echo 'one';`, small)).text).toBe('one')
    await small.kill()
    await expect(page(`echo 'two';`, small)).rejects.toThrow('ECONNREFUSED')
    await small.start()
    expect((await page(`echo 'three';`, small)).text).toBe('three')
  })
})
