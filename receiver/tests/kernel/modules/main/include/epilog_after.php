<?php

/** The end of a page without its design. */

declare(strict_types=1);

CMain::FinalActions();
