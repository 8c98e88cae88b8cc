<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Bitrix\Main\Config\Option;
use Bitrix\Main\EventManager;
use Bitrix\Main\Loader;
use Bitrix\Main\Mail\Mail;
use CAgent;
use Chekpost\Settings;
use CUser;

/**
 * The only file of the back office that calls Bitrix: who looks at the page, the session's token, options, handlers,
 * agents, letters, the menu. Nothing of this is needed to book a sale.
 */
final class Site
{
    /** Where the folder is installed, seen from the document root. */
    public const FOLDER = '/local/chekpost';

    /**
     * Who is told of what happens on the site. An old-fashioned event looks for the path under /bitrix, a new one under
     * /local and then under /bitrix (main module: ExecuteModuleEventEx, EventManager::sendToEventHandler); this one is
     * found by both. Handlers of a module that is not installed are not loaded: they belong to `main`.
     */
    private const HANDLER_PATH = '/../local/chekpost/src/autoload.php';
    private const HANDLERS = [
        ['main', 'OnBuildGlobalMenu', 'menu'],
        ['catalog', 'OnSuccessCatalogImport1C', 'afterImport'],
        ['catalog', 'OnCompleteCatalogImport1C', 'afterImport'],
        ['sale', 'OnShipmentDeducted', 'afterShipment'],
    ];

    /** Agents are PHP that the kernel evaluates; a folder that was deleted by hand makes them end by themselves. */
    public const WATCH_AGENT = 'include($_SERVER["DOCUMENT_ROOT"]."/local/chekpost/src/Watch/agent.php");';
    public const RETRY_AGENT = 'include($_SERVER["DOCUMENT_ROOT"]."/local/chekpost/src/Watch/retries.php");';
    private const WATCH_SECONDS = 600;
    private const RETRY_SECONDS = 60;

    public function isAdmin(): bool
    {
        $user = $GLOBALS['USER'] ?? null;
        return is_object($user) && $user->IsAuthorized() && $user->IsAdmin();
    }

    /** For the audit trail. */
    public function who(): string
    {
        $user = $GLOBALS['USER'] ?? null;
        if (!is_object($user) || !$user->IsAuthorized()) {
            return PHP_SAPI === 'cli' ? 'консоль (' . get_current_user() . ')' : 'сайт';
        }
        return mb_substr($user->GetLogin() . ' [' . $user->GetID() . ']', 0, 100);
    }

    public function token(): string
    {
        return (string) bitrix_sessid();
    }

    public function tokenFits(): bool
    {
        return (bool) check_bitrix_sessid();
    }

    /** The page is nobody's frame and is kept by no cache. */
    public function guardPage(): void
    {
        header('X-Frame-Options: SAMEORIGIN');
        header('Cache-Control: no-store, private');
        header('Referrer-Policy: same-origin');
    }

    public function title(string $title): void
    {
        $GLOBALS['APPLICATION']->SetTitle($title);
    }

    public function option(string $module, string $name, string $default = ''): string
    {
        return (string) Option::get($module, $name, $default);
    }

    public function keep(string $name, string $value): void
    {
        Option::set(Settings::MODULE, $name, $value);
    }

    public function forgetOptions(): void
    {
        Option::delete(Settings::MODULE);
    }

    public function hasModule(string $module): bool
    {
        return (bool) Loader::includeModule($module);
    }

    /** Host of this request, as Settings keeps it; empty when there is none (a command, an agent under cron). */
    public function host(): string
    {
        $host = $_SERVER['HTTP_HOST'] ?? '';
        return is_string($host) ? (string) preg_replace('/:(80|443)\z/', '', strtolower($host)) : '';
    }

    public function isHttps(): bool
    {
        $https = $_SERVER['HTTPS'] ?? '';
        return (is_string($https) && $https !== '' && strtolower($https) !== 'off')
            || ($_SERVER['SERVER_PORT'] ?? '') === '443'
            || ($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '') === 'https';
    }

    /**
     * This machine and folder: a copy of the site that runs its agents under cron has no host to be told by. The sites
     * of one installation have roots of their own, and /bitrix of each leads to the same folder.
     */
    public function place(): string
    {
        $root = (string) $_SERVER['DOCUMENT_ROOT'];
        $kernel = realpath($root . '/bitrix');
        return substr(sha1(gethostname() . "\n" . ($kernel === false ? $root : $kernel)), 0, 16);
    }

    /**
     * Booking acts as the technical user. Outside of the receiver's own requests somebody else's session is open: an
     * administrator's, the exchange's, a visitor's whose hit runs the agents. `CUser::Authorize` would turn that
     * session into the technical user's, so here the booking meets a user who knows nothing of sessions.
     *
     * @template T
     * @param int $userId the only one who may be authorised meanwhile; 0 for nobody
     * @param callable(): T $work
     * @return T
     */
    public function apart(int $userId, callable $work)
    {
        $present = $GLOBALS['USER'] ?? null;
        $GLOBALS['USER'] = $this->standIn($userId);
        try {
            return $work();
        } finally {
            $GLOBALS['USER'] = $present;
        }
    }

    /** May this user's documents of type D take stock below zero? Asked where the option says E. */
    public function mayGoBelowZero(int $userId): bool
    {
        $access = '\Bitrix\Catalog\Access\AccessController';
        $actions = '\Bitrix\Catalog\Access\ActionDictionary';
        $document = '\Bitrix\Catalog\Access\Model\StoreDocument';
        if ($userId <= 0 || !class_exists($access) || !class_exists($document)) {
            return false;
        }
        return (bool) $access::getInstance($userId)->check(
            $actions::ACTION_STORE_DOCUMENT_ALLOW_NEGATION_PRODUCT_QUANTITY,
            $document::createFromArray(['DOC_TYPE' => 'D'])
        );
    }

    /** May inventory documents be used in this edition? null when this version does not tell. */
    public function hasInventoryFeature(): ?bool
    {
        $feature = '\Bitrix\Catalog\Config\Feature';
        if (!class_exists($feature) || !method_exists($feature, 'isInventoryManagementEnabled')) {
            return null;
        }
        return (bool) $feature::isInventoryManagementEnabled();
    }

    /** With batch costing no document may take stock below zero (catalog module: Config\State). */
    public function hasBatchCosting(): bool
    {
        $state = '\Bitrix\Catalog\Config\State';
        return class_exists($state) && method_exists($state, 'isProductBatchMethodSelected')
            && (bool) $state::isProductBatchMethodSelected();
    }

    public function connect(): void
    {
        $manager = EventManager::getInstance();
        foreach (self::HANDLERS as [$module, $event, $method]) {
            $manager->registerEventHandler($module, $event, 'main', Handlers::class, $method, 100, self::HANDLER_PATH);
        }
        CAgent::AddAgent(self::WATCH_AGENT, 'main', 'N', self::WATCH_SECONDS);
        $this->forgetComplaint();
    }

    public function disconnect(): void
    {
        $manager = EventManager::getInstance();
        foreach (self::HANDLERS as [$module, $event, $method]) {
            $manager->unRegisterEventHandler($module, $event, 'main', Handlers::class, $method, self::HANDLER_PATH);
        }
        CAgent::RemoveAgent(self::WATCH_AGENT, 'main');
        CAgent::RemoveAgent(self::RETRY_AGENT, 'main');
    }

    /** The rest of the receipts is tried again by an agent that ends when none is left. */
    public function retryLater(): void
    {
        CAgent::AddAgent(self::RETRY_AGENT, 'main', 'N', self::RETRY_SECONDS);
        $this->forgetComplaint();
    }

    /** False when the letter could not be handed over; whether it arrives nobody knows. */
    public function mail(string $to, string $subject, string $text): bool
    {
        return (bool) Mail::send([
            'TO' => $to,
            'SUBJECT' => $subject,
            'BODY' => $text,
            'HEADER' => ['From' => $this->option('main', 'email_from', $to)],
            'CHARSET' => 'UTF-8',
            'CONTENT_TYPE' => 'text',
        ]);
    }

    /** Ends the answer: what is to be shown next is fetched anew, so that "reload" repeats nothing. */
    public function goTo(string $address): void
    {
        header('Location: ' . $address, true, 303);
        exit;
    }

    private function standIn(int $userId): CUser
    {
        // phpcs:disable PSR1.Methods.CamelCapsMethodName -- the names are the kernel's
        $user = new class extends CUser {
            public int $allowed = 0;
            private int $id = 0;

            /**
             * @param mixed $context the user's id
             * @param mixed $save
             * @param mixed $update
             * @param mixed $app
             * @param mixed $active
             */
            public function Authorize($context, $save = false, $update = true, $app = null, $active = true): bool
            {
                $this->id = (int) $context === $this->allowed ? $this->allowed : 0;
                return $this->id > 0;
            }

            public function Logout(): void
            {
                $this->id = 0;
            }

            public function IsAuthorized(): bool
            {
                return $this->id > 0;
            }

            public function IsAdmin(): bool
            {
                return false;
            }

            /** The kernel's own reads the session, which is somebody else's. @param string $name @return mixed */
            public function GetParam($name)
            {
                if ($this->id > 0 && $name === 'GROUPS') {
                    return self::GetUserGroup($this->id);
                }
                return $name === 'USER_ID' ? $this->GetID() : null;
            }

            /** Nothing is remembered: the session is not his. @param string $name @param mixed $value */
            public function SetParam($name, $value): void
            {
            }

            /** @return int|null */
            public function GetID()
            {
                return $this->id > 0 ? $this->id : null;
            }
        };
        // phpcs:enable
        $user->allowed = $userId;
        return $user;
    }

    /** Ends the answer. */
    public function sendFile(string $name, string $bytes): void
    {
        $GLOBALS['APPLICATION']->RestartBuffer();
        header('Content-Type: text/csv; charset=UTF-8');
        header('Content-Disposition: attachment; filename="' . $name . '"');
        header('X-Content-Type-Options: nosniff');
        header('Content-Length: ' . strlen($bytes));
        echo $bytes;
        exit;
    }

    /** AddAgent complains when the agent is there already; that is what we want. */
    private function forgetComplaint(): void
    {
        $application = $GLOBALS['APPLICATION'] ?? null;
        if (is_object($application)) {
            $application->ResetException();
        }
    }
}
