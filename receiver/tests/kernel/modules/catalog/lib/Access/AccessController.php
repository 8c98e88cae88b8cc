<?php

declare(strict_types=1);

namespace Bitrix\Catalog\Access;

use Bitrix\Catalog\Access\Model\StoreDocument;
use CUser;
use Fake\Rows;

/** What the current user may. */
final class AccessController
{
    /** @var ?int */
    private $userId = null;

    public static function getCurrent(): self
    {
        return new self();
    }

    /** main 22, BaseAccessController: what another user may. */
    public static function getInstance(int $userId): self
    {
        $instance = new self();
        $instance->userId = $userId;
        return $instance;
    }

    /**
     * catalog 22.900: the right to go below nought is given per type of document, and only for M, D and W. Nobody has
     * it without logging in; an administrator always.
     */
    public function check(string $action, StoreDocument $document): bool
    {
        $user = $GLOBALS['USER'];
        if ($this->userId !== null) {
            $user = new CUser();
            $user->assume($this->userId);
        }
        if (!$user->IsAuthorized() || !in_array($document->getType(), ['M', 'D', 'W'], true)) {
            return false;
        }
        return $user->IsAdmin() || Rows::one(sprintf(
            "SELECT 1 FROM fake_right WHERE USER_ID = %d AND NAME = 'negation:%s'",
            $user->GetID(),
            $document->getType()
        )) !== false;
    }
}
