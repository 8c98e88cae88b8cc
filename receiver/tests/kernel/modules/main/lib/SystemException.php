<?php

declare(strict_types=1);

namespace Bitrix\Main;

/** The root of what the kernel throws. */
class SystemException extends \Exception
{
}
