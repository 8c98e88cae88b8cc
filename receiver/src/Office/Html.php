<?php

declare(strict_types=1);

namespace Chekpost\Office;

/**
 * The only place that makes markup out of values. Whatever comes from a till, from the catalogue or from a person
 * passes through text(); markup that was made here is passed on as it is, under names that end in Html.
 */
final class Html
{
    private string $sessid;
    private string $address;

    /** @param string $sessid the session's token, sent with every form; @param string $address the page's own path */
    public function __construct(string $sessid, string $address)
    {
        $this->sessid = $sessid;
        $this->address = $address;
    }

    public static function text(string $value): string
    {
        // SUBSTITUTE: a byte that is no UTF-8 shows as a mark; without it the whole text would vanish.
        return htmlspecialchars($value, ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML5, 'UTF-8');
    }

    /** @param array<string, string|int|null> $query */
    public function link(string $view, array $query, string $label): string
    {
        return '<a href="' . self::text($this->address($view, $query)) . '">' . self::text($label) . '</a>';
    }

    /** @param array<string, string|int|null> $query */
    public function address(string $view, array $query = []): string
    {
        $said = array_filter($query, static function ($value): bool {
            return $value !== null && $value !== '';
        });
        return $this->address . '?' . http_build_query(['lang' => 'ru', 'view' => $view] + $said);
    }

    /**
     * Links to the page before and the one after.
     *
     * @param array<string, string|int|null> $query
     */
    public function turn(string $view, array $query, int $page, bool $hasMore): string
    {
        $html = ($page > 0 ? $this->link($view, ['page' => $page - 1] + $query, '← раньше') . ' ' : '')
            . ($hasMore ? $this->link($view, ['page' => $page + 1] + $query, 'дальше →') : '');
        return $html === '' ? '' : '<p>' . $html . '</p>';
    }

    /**
     * A form that asks for one action; the browser sends it by POST with the session's token.
     *
     * @param array<string, string|int> $hidden
     */
    public function form(string $action, array $hidden, string $innerHtml, bool $upload = false): string
    {
        $fields = ['sessid' => $this->sessid, 'action' => $action] + $hidden;
        $html = '<form method="post" action="' . self::text($this->address) . '"'
            . ($upload ? ' enctype="multipart/form-data"' : '') . '>';
        foreach ($fields as $name => $value) {
            $html .= '<input type="hidden" name="' . self::text((string) $name) . '" value="'
                . self::text((string) $value) . '">';
        }
        return $html . $innerHtml . '</form>';
    }

    /**
     * A form that wants a word of explanation, without which it is refused.
     *
     * @param array<string, string|int> $hidden
     */
    public function noteForm(
        string $action,
        array $hidden,
        string $label,
        string $button,
        string $kind = 'danger'
    ): string {
        $note = self::input('note', '', $label, ['required' => 'required', 'maxlength' => '2000', 'size' => '46']);
        return $this->form($action, $hidden, '<div class="cp-row">' . $note . self::button($button, $kind) . '</div>');
    }

    public static function button(string $label, string $kind = ''): string
    {
        return '<button type="submit" class="cp-button ' . self::text($kind) . '">' . self::text($label) . '</button>';
    }

    /** @param array<string, string> $more attributes besides name, type and value */
    public static function input(string $name, string $value, string $label, array $more = []): string
    {
        $attributes = '';
        foreach ($more + ['type' => 'text'] as $attribute => $content) {
            $attributes .= ' ' . self::text($attribute) . '="' . self::text($content) . '"';
        }
        return '<label class="cp-field"><span>' . self::text($label) . '</span><input name="' . self::text($name)
            . '" value="' . self::text($value) . '"' . $attributes . '></label>';
    }

    public static function tick(string $name, string $value, string $label, bool $on = false): string
    {
        return '<label class="cp-tick"><input type="checkbox" name="' . self::text($name) . '" value="'
            . self::text($value) . '"' . ($on ? ' checked' : '') . '> ' . self::text($label) . '</label>';
    }

    /** @param array<int|string, string> $options value => label */
    public static function choice(string $name, string $chosen, string $label, array $options): string
    {
        $html = '<label class="cp-field"><span>' . self::text($label) . '</span>'
            . '<select name="' . self::text($name) . '">';
        foreach ($options as $value => $shown) {
            $html .= '<option value="' . self::text((string) $value) . '"'
                . ((string) $value === $chosen ? ' selected' : '') . '>' . self::text($shown) . '</option>';
        }
        return $html . '</select></label>';
    }

    /**
     * @param list<string> $heads plain texts
     * @param list<list<string>> $rowsHtml cells that are markup already
     */
    public static function table(array $heads, array $rowsHtml, string $whenEmpty): string
    {
        if ($rowsHtml === []) {
            return '<p class="cp-quiet">' . self::text($whenEmpty) . '</p>';
        }
        $html = '<div class="cp-wide"><table class="cp-table"><thead><tr>';
        foreach ($heads as $head) {
            $html .= '<th scope="col">' . self::text($head) . '</th>';
        }
        $html .= '</tr></thead><tbody>';
        foreach ($rowsHtml as $row) {
            $html .= '<tr>';
            foreach ($row as $at => $cell) {
                // On a phone every row is a card: the head of the column is shown before the value.
                $html .= '<td data-head="' . self::text($heads[$at] ?? '') . '">' . $cell . '</td>';
            }
            $html .= '</tr>';
        }
        return $html . '</tbody></table></div>';
    }

    /** @param string $kind good | warn | bad | quiet */
    public static function mark(string $kind, string $value): string
    {
        return '<span class="cp-mark cp-' . self::text($kind) . '">' . self::text($value) . '</span>';
    }

    /** @param string $kind good | warn | bad */
    public static function notice(string $kind, string $innerHtml): string
    {
        return '<div class="cp-notice cp-' . self::text($kind) . '" role="status">' . $innerHtml . '</div>';
    }

    /** @param string $bodyHtml */
    public static function panel(string $title, string $bodyHtml): string
    {
        return '<section class="cp-panel"><h2>' . self::text($title) . '</h2>' . $bodyHtml . '</section>';
    }

    public static function folded(string $title, string $bodyHtml): string
    {
        return '<details class="cp-folded"><summary>' . self::text($title) . '</summary>' . $bodyHtml . '</details>';
    }
}
