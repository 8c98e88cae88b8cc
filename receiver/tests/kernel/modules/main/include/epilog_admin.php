<?php

/** The back office's design ends. */

declare(strict_types=1);

echo '</body></html>';
CMain::FinalActions();
