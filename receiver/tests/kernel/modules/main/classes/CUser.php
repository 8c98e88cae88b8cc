<?php

declare(strict_types=1);

use Bitrix\Main\Application;

/** Who is doing this. */
class CUser
{
    /** @var ?array<string, mixed> */
    private $row = null;
    /** @var bool */
    private $isAdmin = false;

    /**
     * main 22: makes the session the user's and sends its cookie to whoever asked. Not even a virtual session keeps
     * the cookie with the login from being sent.
     */
    public function Authorize(int $id, bool $save = false): bool
    {
        if (!$this->load($id)) {
            return false;
        }
        $_SESSION['SESS_AUTH'] = ['USER_ID' => $id];
        if (PHP_SAPI !== 'cli' && !headers_sent()) {
            if (session_status() === PHP_SESSION_ACTIVE) {
                session_regenerate_id(true);
            }
            setcookie('BITRIX_SM_LOGIN', (string) $this->GetLogin(), time() + 3600, '/');
            setcookie('PHPSESSID', session_id() === '' ? bin2hex(random_bytes(13)) : (string) session_id(), 0, '/');
        }
        return true;
    }

    public function Logout(): void
    {
        $this->row = null;
        $this->isAdmin = false;
        unset($_SESSION['SESS_AUTH']);
    }

    /** Who the visitor's session says he is. */
    public function recall(): void
    {
        $id = (int) ($_SESSION['SESS_AUTH']['USER_ID'] ?? 0);
        if ($id > 0) {
            $this->load($id);
        }
    }

    /** For questions about another user; no session is touched. */
    public function assume(int $id): void
    {
        $this->load($id);
    }

    /**
     * main 22: what is known of the visitor is kept in his session, and every getter of CUser asks here.
     *
     * @return mixed
     */
    public function GetParam(string $name)
    {
        return $_SESSION['SESS_AUTH'][$name] ?? null;
    }

    /** @param mixed $value */
    public function SetParam(string $name, $value): void
    {
        $_SESSION['SESS_AUTH'][$name] = $value;
    }

    /** @return list<int> */
    public static function GetUserGroup(int $id): array
    {
        $rows = Bitrix\Main\Application::getConnection()->query(
            'SELECT GROUP_ID FROM b_user_group WHERE USER_ID = ' . $id . ' ORDER BY GROUP_ID'
        );
        return array_map('intval', array_column($rows->fetchAll(), 'GROUP_ID'));
    }

    public function IsAuthorized(): bool
    {
        return $this->row !== null;
    }

    public function IsAdmin(): bool
    {
        return $this->isAdmin;
    }

    /** @return ?int */
    public function GetID()
    {
        return $this->row === null ? null : (int) $this->row['ID'];
    }

    /** @return ?string */
    public function GetLogin()
    {
        return $this->row === null ? null : (string) $this->row['LOGIN'];
    }

    public function GetFullName(): string
    {
        return $this->row === null ? '' : (string) $this->row['NAME'];
    }

    public function GetEmail(): string
    {
        return $this->row === null ? '' : (string) $this->row['EMAIL'];
    }

    private function load(int $id): bool
    {
        $row = Application::getConnection()->query(
            'SELECT u.*, (SELECT COUNT(*) FROM b_user_group g WHERE g.USER_ID = u.ID AND g.GROUP_ID = 1) ADMIN'
            . " FROM b_user u WHERE u.ID = $id AND u.ACTIVE = 'Y'"
        )->fetch();
        if ($row === false) {
            return false;
        }
        $this->row = $row;
        $this->isAdmin = (int) $row['ADMIN'] > 0;
        return true;
    }
}
