/**
 * A whole site for the receiver's tests: a private MariaDB, the stand-in for Bitrix's kernel, the receiver copied into its
 * document root, PHP in front of it; with verbs for what the world does to a site. It leaves nothing behind.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pause } from '../../drivers/index.ts'
import { kernelFolder, makeSiteFolder, schemaOfReceiver, schemaOfSite, seedOfSite } from './site/files.ts'
import * as fixtures from './site/fixtures.ts'
import type { Maria } from './site/maria.ts'
import { type Row, Sql, type Value } from './site/sql.ts'
import { type Answer, Browser, type PostOptions, postSigned } from './site/wire.ts'
import { Workers } from './site/workers.ts'

export type { Register } from './site/fixtures.ts'
export { newSecret } from './site/fixtures.ts'
export { type Maria, openMaria } from './site/maria.ts'
export type { Row, Value } from './site/sql.ts'
export type { Answer, Browser, PostOptions } from './site/wire.ts'

export interface SiteOptions {
  /** PHP processes at most; they are started when needed. Default: 8. */
  readonly workers?: number
  /** The endpoint that follows the common advice, too, at /local/naive/sale.php. */
  readonly naive?: boolean
  /** The installed host; default: the one that answers. */
  readonly host?: string
  /** The receiver's tables and options are there. Default: yes. */
  readonly installed?: boolean
  /** Options of the module `chekpost` that differ from the usual. */
  readonly settings?: Readonly<Record<string, string>>
  /** `old`: no DuplicateEntryException, and a page and death where the database is away. */
  readonly core?: 'new' | 'old'
  /** Tables of the catalogue that are MyISAM, as old sites may have them. */
  readonly myisam?: readonly string[]
  /** More words for PHP. */
  readonly words?: readonly string[]
}

/** One document of a store with its lines, amounts without needless zeros. */
export interface StoreDocument {
  readonly id: number
  readonly type: string
  readonly number: string
  readonly status: string
  readonly cancelled: boolean
  readonly lines: readonly {
    readonly product: number
    readonly from: number
    readonly to: number
    readonly amount: string
  }[]
}

const forEver = new AbortController().signal

export async function openSite(db: Maria, options: SiteOptions = {}): Promise<Site> {
  const site = new Site(db, options)
  try {
    await site.build()
    return site
  } catch (error) {
    await site[Symbol.asyncDispose]()
    throw error
  }
}

export class Site implements AsyncDisposable {
  readonly db: Maria
  readonly folder: string
  readonly database = `site_${randomBytes(6).toString('hex')}`
  readonly #options: SiteOptions
  readonly #sql: Sql
  readonly #bare: Sql
  readonly #workers: Workers
  readonly #registers = new Map<string, string>()

  constructor(db: Maria, options: SiteOptions) {
    this.db = db
    this.#options = options
    this.folder = makeSiteFolder({
      socket: db.socket,
      database: this.database,
      core: options.core ?? 'new',
      naive: options.naive ?? false,
    })
    this.#bare = new Sql(db.socket, '')
    this.#sql = new Sql(db.socket, this.database)
    this.#workers = new Workers(this.folder, options.workers ?? 8, this.#php())
  }

  async build(): Promise<void> {
    await this.#bare.run(
      `CREATE DATABASE ${this.database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
      [],
    )
    await this.#bare[Symbol.asyncDispose]()
    const { myisam = [], installed = true } = this.#options
    await this.sql(readFileSync(schemaOfSite, 'utf8'))
    if (installed) await this.sql(readFileSync(schemaOfReceiver, 'utf8'))
    for (const table of myisam) await this.sql(`ALTER TABLE ${table} ENGINE = MyISAM`)
    await this.#workers.start()
    await this.#seed()
  }

  /** As new, and much faster than a new one: every row goes, the tables stay. */
  async reset(): Promise<void> {
    const tables = await this.sql(
      'SELECT TABLE_NAME t FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
    )
    await this.sql(tables.map(({ t }) => `DELETE FROM ${t}`).join(';'))
    this.#registers.clear()
    await this.#seed()
  }

  async #seed(): Promise<void> {
    await this.sql(readFileSync(seedOfSite, 'utf8'))
    const { installed = true, settings = {} } = this.#options
    if (!installed) return
    for (const [name, value] of Object.entries({ ...fixtures.defaultSettings(this.host), ...settings }))
      await this.setting(name, value)
  }

  get base(): string {
    return `http://127.0.0.1:${this.#workers.port}`
  }

  get url(): string {
    return `${this.base}/local/chekpost/sale.php`
  }

  /** The installed host. */
  get host(): string {
    return this.#options.host ?? `127.0.0.1:${this.#workers.port}`
  }

  get documentRoot(): string {
    return join(this.folder, 'www')
  }

  /** What PHP has said, warnings included; not what the answers held. */
  get log(): string {
    return this.#workers.log
  }

  /** PHP processes that ended in the middle of their work. */
  get died(): number {
    return this.#workers.died
  }

  /** `?` stands for a parameter. Several statements at once are allowed; the rows are the last one's. */
  async sql(text: string, ...params: readonly Value[]): Promise<Row[]> {
    return await this.#sql.run(text, params)
  }

  /** The only value of the only row. */
  async value(text: string, ...params: readonly Value[]): Promise<string | null> {
    const [row] = await this.sql(text, ...params)
    return row === undefined ? null : (Object.values(row)[0] ?? null)
  }

  async setting(name: string, value: string): Promise<void> {
    await this.option('chekpost', name, value)
  }

  async option(module: string, name: string, value: string): Promise<void> {
    await this.sql('REPLACE INTO b_option (MODULE_ID, NAME, VALUE) VALUES (?, ?, ?)', module, name, value)
  }

  async product(options: fixtures.ProductOptions): Promise<void> {
    await fixtures.addProduct(this.sql.bind(this), options)
  }

  async store(options: fixtures.StoreOptions): Promise<void> {
    await fixtures.addStore(this.sql.bind(this), options)
  }

  async order(options: fixtures.OrderOptions): Promise<void> {
    await fixtures.addOrder(this.sql.bind(this), options)
  }

  async register(options: fixtures.RegisterOptions = {}): Promise<fixtures.Register> {
    const register = await fixtures.addRegister(this.sql.bind(this), options)
    this.#registers.set(register.id, register.secret)
    return register
  }

  /** The right of a user to go below nought with documents of these types. */
  async mayGoBelow(userId: number, ...types: readonly string[]): Promise<void> {
    for (const type of types)
      await this.sql('REPLACE INTO fake_right (USER_ID, NAME) VALUES (?, ?)', userId, `negation:${type}`)
  }

  /** See receiver/tests/kernel/README.md for the names. `null` takes the fault away. */
  async fault(
    name: string,
    value: string | null,
    { times, percent }: { readonly times?: number; readonly percent?: number } = {},
  ): Promise<void> {
    if (value === null) await this.sql('DELETE FROM fake_fault WHERE name = ?', name)
    else
      await this.sql(
        'REPLACE INTO fake_fault (name, value, times, percent) VALUES (?, ?, ?, ?)',
        ...[name, value, times ?? null, percent ?? null],
      )
  }

  async heal(): Promise<void> {
    await this.sql('DELETE FROM fake_fault')
  }

  /** Closes a gate that faults named `gate…` wait at; whoever comes, waits until it is opened. */
  async gate(name: string): Promise<Gate> {
    const line = new Sql(this.db.socket, this.database)
    await line.run(`SELECT GET_LOCK(MD5(CONCAT(DATABASE(), '/', ?)), 10)`, [name])
    const [before] = await this.sql('SELECT COALESCE(MAX(id), 0) id FROM fake_arrival')
    return new Gate(this, name, line, Number(before?.['id']))
  }

  async post(body: object | string | Uint8Array, options: PostOptions = {}): Promise<Answer> {
    const register = options.register ?? [...this.#registers.keys()][0] ?? 'shop-12/till-1'
    const own = this.#registers.get(register) ?? fixtures.newSecret()
    const secrets = options.secret === null ? [] : [options.secret ?? own].flat()
    return await postSigned({ base: this.base, register, secrets, body, options })
  }

  /** Logs in to the back office; user 1 is its administrator, 2 the technical user, 3 an editor. */
  async browser(userId = 1): Promise<Browser> {
    return await Browser.open(this.base, userId)
  }

  /** As decimal text without needless zeros; `absent` where there is no row. */
  async amount(product: number, store: number): Promise<string> {
    return await this.#decimal(
      'SELECT CAST(AMOUNT AS DECIMAL(18,6)) FROM b_catalog_store_product WHERE PRODUCT_ID = ? AND STORE_ID = ?',
      ...[product, store],
    )
  }

  /** QUANTITY of the product itself. */
  async quantity(product: number): Promise<string> {
    return await this.#decimal(
      'SELECT CAST(QUANTITY AS DECIMAL(18,6)) FROM b_catalog_product WHERE ID = ?',
      product,
    )
  }

  /** Every document of the stores, the oldest first. */
  async documents(): Promise<StoreDocument[]> {
    const lines = await this.sql(
      'SELECT *, CAST(AMOUNT AS DECIMAL(18,6)) EXACT FROM b_catalog_docs_element ORDER BY ID',
    )
    return (await this.sql('SELECT * FROM b_catalog_store_docs ORDER BY ID')).map((row) => ({
      id: Number(row['ID']),
      type: row['DOC_TYPE'] ?? '',
      number: row['DOC_NUMBER'] ?? '',
      status: row['STATUS'] ?? '',
      cancelled: row['WAS_CANCELLED'] === 'Y',
      lines: lines
        .filter((line) => line['DOC_ID'] === row['ID'])
        .map((line) => ({
          product: Number(line['ELEMENT_ID']),
          from: Number(line['STORE_FROM']),
          to: Number(line['STORE_TO']),
          amount: plain(line['EXACT'] ?? '0'),
        })),
    }))
  }

  /** Runs PHP within the kernel, as nobody unless the text says `Fake\Boot::actAs(…)`; what it returns. */
  async php(text: string): Promise<unknown> {
    return JSON.parse(await this.script('eval', text))
  }

  /** An exchange with 1C: product → store → absolute amount. */
  async import1c(amounts: Readonly<Record<string, Readonly<Record<string, string>>>> = {}): Promise<void> {
    await this.script('import1c', JSON.stringify({ amounts }))
  }

  /** The order's shipment is marked as shipped (or not any more) and moves stock. */
  async ship(order: number, store: number, shipped = true): Promise<void> {
    await this.script('ship', JSON.stringify({ order, store, shipped }))
  }

  /** Runs every agent that is due. */
  async agents(): Promise<void> {
    await this.script('agents', '')
  }

  /** One of the kernel's scripts on the command line: what it prints; rejects when it fails. */
  async script(name: string, input: string): Promise<string> {
    const words = [...this.#php(), join(kernelFolder, 'scripts', `${name}.php`), this.documentRoot]
    const child = spawn('php', words, { cwd: this.folder })
    const said = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.stderr += text
    })
    child.stdin.on('error', () => undefined) // It ended before it had read everything; its exit code tells.
    child.stdin.end(input)
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    if (code !== 0) throw new Error(`${name}.php ended with ${code}: ${said.stderr}${said.stdout}`)
    return said.stdout
  }

  /** Statements that the database has been asked since it stands, those of the tests included. */
  async statements(): Promise<number> {
    const [row] = await this.sql("SHOW GLOBAL STATUS LIKE 'Questions'")
    return Number(row?.['Value'])
  }

  /** Ends PHP in the middle of whatever it does; the port refuses until `start`. */
  async kill(signal?: NodeJS.Signals): Promise<void> {
    await this.#workers.kill(signal)
  }

  async start(): Promise<void> {
    await this.#workers.start()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#workers[Symbol.asyncDispose]()
    await this.#bare[Symbol.asyncDispose]()
    await this.#sql[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #php(): string[] {
    const settings = {
      'session.save_path': join(this.folder, 'sessions'),
      sys_temp_dir: join(this.folder, 'tmp'),
      log_errors: '1',
      error_log: join(this.folder, 'php.log'),
      display_errors: '0',
      html_errors: '0',
      memory_limit: '128M',
      max_execution_time: '60',
      'zend.assertions': '1',
    }
    const words = Object.entries(settings).flatMap(([name, value]) => ['-d', `${name}=${value}`])
    return [...words, ...(this.#options.words ?? [])]
  }

  async #decimal(text: string, ...params: readonly Value[]): Promise<string> {
    const value = await this.value(text, ...params)
    return value === null ? 'absent' : plain(value)
  }
}

/** A closed gate. */
export class Gate implements AsyncDisposable {
  readonly #site: Site
  readonly #name: string
  readonly #line: Sql
  readonly #before: number

  constructor(site: Site, name: string, line: Sql, before: number) {
    this.#site = site
    this.#name = name
    this.#line = line
    this.#before = before
  }

  /** Resolves once so many have come. */
  async arrived(count = 1): Promise<void> {
    const end = performance.now() + 30_000
    const ask = 'SELECT COUNT(*) n FROM fake_arrival WHERE gate = ? AND id > ?'
    while (Number(await this.#site.value(ask, this.#name, this.#before)) < count) {
      if (performance.now() > end) throw new Error(`nobody came to the gate ${this.#name}`)
      await pause(10, forEver)
    }
  }

  async open(): Promise<void> {
    await this.#line[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.open()
  }
}

function plain(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/0+$/, '').replace(/\.$/, '') : decimal
}
