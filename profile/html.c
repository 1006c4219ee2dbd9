/* A profile as one page for a browser: nothing is loaded from elsewhere, and it works without scripts. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "profile/model.h"

/* --- pieces ------------------------------------------------------------------------------------------ */

static void put(FILE *out, const char *s)
{
    for (; s && *s; s++) {
        switch (*s) {
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '&': fputs("&amp;", out); break;
        case '"': fputs("&quot;", out); break;
        default: fputc(*s, out);
        }
    }
}

/* 1234567 as 1.23 M. */
static const char *short_number(double v, char out[32])
{
    static const char unit[] = " kMGT";
    unsigned k = 0;
    while (v >= 1000 && k + 2 < sizeof unit) {
        v /= 1000;
        k++;
    }
    snprintf(out, 32, k ? "%.3g %c" : "%.0f", v, unit[k]);
    return out;
}

static double percent(double part, double all)
{
    return all > 0 ? 100 * part / all : 0;
}

static void put_number(FILE *out, double v)
{
    char text[32];
    fprintf(out, "<td class=n title=\"%.0f\">%s</td>", v, short_number(v, text));
}

/* A share as a bar with two parts. */
static void put_bar(FILE *out, double interpreted, double translated, double all)
{
    fprintf(out,
            "<td class=b><div class=bar><i class=t style=\"width:%.2f%%\"></i><i class=i "
            "style=\"width:%.2f%%\"></i>"
            "</div></td>",
            percent(translated, all), percent(interpreted, all));
}

static void put_css(FILE *out)
{
    fputs(
        ":root{color-scheme:light dark;--bg:#fff;--fg:#1c2024;--soft:#60656c;--line:#d9dce0;--card:#f5f6f8;"
        "--t:#1f7a4d;--i:#c2570c;--link:#0b5cad}\n"
        "@media(prefers-color-scheme:dark){:root{--bg:#15181b;--fg:#e6e8ea;--soft:#9aa1a9;--line:#33383d;"
        "--card:#1e2226;--t:#4cc38a;--i:#f1914f;--link:#70b8ff}}\n"
        "*{box-sizing:border-box}body{margin:0 auto;max-width:1200px;padding:1rem;background:var(--bg);"
        "color:var(--fg);font:15px/1.5 system-ui,sans-serif}\n"
        "h1{font-size:1.4rem;margin:.2rem 0;overflow-wrap:anywhere}h2{font-size:1.1rem;margin:1.8rem 0 .5rem}"
        "p{margin:.3rem 0}.soft{color:var(--soft)}\n"
        ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:.6rem;margin:1rem "
        "0}"
        ".card{background:var(--card);border-radius:8px;padding:.6rem .8rem}.card "
        "b{display:block;font-size:1.25rem}\n"
        ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{padding:.25rem "
        ".5rem;text-align:left;"
        "border-bottom:1px solid var(--line);white-space:nowrap}th{color:var(--soft);font-weight:600}"
        ".n{text-align:right;font-variant-numeric:tabular-nums}.b{width:20%;min-width:70px}\n"
        ".bar{display:flex;height:.8em;background:var(--card);border-radius:3px;overflow:hidden}.bar "
        "i{display:block}"
        ".t{background:var(--t)}.i{background:var(--i)}.key{display:inline-block;width:.8em;height:.8em;"
        "border-radius:2px;margin:0 .3em 0 .8em}\n"
        "details{border:1px solid var(--line);border-radius:8px;margin:.5rem "
        "0}summary{cursor:pointer;padding:.5rem .8rem;"
        "display:flex;gap:.8rem;flex-wrap:wrap;align-items:baseline}summary code{overflow-wrap:anywhere}"
        ".inside{padding:0 .8rem .8rem}\n"
        "code,pre{font:13px/1.45 ui-monospace,monospace}.code{border-top:1px solid var(--line)}"
        ".code>div{display:grid;grid-template-columns:2fr 3fr;gap:0 1rem;border-bottom:1px solid "
        "var(--line);padding:.2rem 0}"
        ".code pre{margin:0;overflow-x:auto}.code .g{color:var(--link)}\n"
        "@media(max-width:640px){body{padding:.6rem}.code>div{grid-template-columns:1fr}.code "
        ".h{padding-left:1rem}"
        ".b{min-width:40px}.m{display:none}th,td{padding:.25rem .35rem}"
        "td.f{white-space:normal;overflow-wrap:anywhere}}.together{white-space:nowrap}svg{width:100%;height:"
        "auto;display:block}a{color:var(--link)}\n",
        out);
}

static void put_card(FILE *out, const char *what, const char *value, const char *more)
{
    fprintf(out, "<div class=card>%s<b>%s</b><span class=soft>%s</span></div>\n", what, value, more);
}

static void put_cards(const struct prof *p, FILE *out)
{
    struct prof_sum s = prof_sum(p);
    char a[64], b[96], n[32];
    double all = s.interpreted + s.translated;
    fputs("<div class=cards>\n", out);
    snprintf(a, sizeof a, "%.3f s", p->seconds);
    snprintf(b, sizeof b, "%.3f s in translation", p->translation_seconds);
    put_card(out, "Time", a, b);
    snprintf(b, sizeof b, "%zu blocks ran", s.executed);
    put_card(out, "Guest instructions", short_number(all, n), b);
    snprintf(a, sizeof a, "%.1f %%", percent(s.translated, all));
    put_card(out, "Translated", a, p->sampled ? "an estimate: counted some of the time" : "counted exactly");
    snprintf(a, sizeof a, "%" PRIu64, p->translations);
    snprintf(b, sizeof b, "%s of code, %" PRIu64 " given up", short_number((double)p->code_bytes, n),
             p->dropped);
    put_card(out, "Translations", a, b);
    uint64_t back = 0;
    for (unsigned k = 0; k < JIT_DEOPTS; k++)
        back += p->deopt_total[k];
    snprintf(b, sizeof b, "%" PRIu64 " jumps chained", p->chained);
    put_card(out, "Back to the interpreter", short_number((double)back, n), b);
    put_card(out, "System calls", short_number((double)p->system_calls, n), "");
    fputs("</div>\n", out);
}

/* --- timeline ---------------------------------------------------------------------------------------- */

/* Bars of what ran between two moments, as wide as the time between them. */
static void put_timeline(const struct prof *p, FILE *out)
{
    enum { WIDTH = 1000, HEIGHT = 140 };
    double most = 0, end = p->moments ? p->moment[p->moments - 1].seconds : 0;
    struct prof_moment from = {0, 0, 0};
    if (p->moments < 2 || end <= 0) return;
    for (unsigned k = 0; k < p->moments; from = p->moment[k++]) {
        const struct prof_moment *m = &p->moment[k];
        double rate = (m->interpreted - from.interpreted + m->translated - from.translated) /
                      (m->seconds - from.seconds);
        if (m->seconds - from.seconds > end / 200 && rate > most) most = rate;
    }
    char n[32];
    fprintf(out,
            "<h2>Over time</h2><p class=soft>Guest instructions a second, at most %s; "
            "<span class=together><span class=\"key t\"></span>translated</span> "
            "<span class=together><span class=\"key i\"></span>interpreted</span></p>\n",
            short_number(most, n));
    fprintf(out,
            "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=none role=img aria-label=\"tiers over time\">\n",
            WIDTH, HEIGHT);
    from = (struct prof_moment){0, 0, 0};
    for (unsigned k = 0; k < p->moments && most > 0; from = p->moment[k++]) {
        const struct prof_moment *m = &p->moment[k];
        double t = m->seconds - from.seconds, x = WIDTH * from.seconds / end, w = WIDTH * t / end;
        double native = (m->translated - from.translated) / t / most,
               other = (m->interpreted - from.interpreted) / t / most;
        if (t <= end / 2000) continue;
        if (native > 1) native = 1;
        if (native + other > 1) other = 1 - native;
        native = native > 0 ? native : 0;
        fprintf(out,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"var(--t)\"><title>%.2f "
                "s</title></rect>"
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"var(--i)\"/>\n",
                x, HEIGHT * (1 - native), w, HEIGHT * native, m->seconds, x, HEIGHT * (1 - native - other), w,
                HEIGHT * (other > 0 ? other : 0));
    }
    fprintf(out,
            "</svg><p class=soft style=\"display:flex;justify-content:space-between\"><span>0 "
            "s</span><span>%.2f s"
            "</span></p>\n",
            end);
}

/* --- tables ------------------------------------------------------------------------------------------ */

static void put_functions(const struct prof *p, unsigned top, FILE *out)
{
    size_t n;
    char count[32];
    struct prof_sum s = prof_sum(p);
    double all = s.interpreted + s.translated;
    struct prof_function *f = prof_functions(p, &n);
    fputs("<h2>Functions</h2><div class=wide><table><tr><th class=n>%<th class=b><th>function<th "
          "class=m>module<th "
          "class=\"n m\">instructions<th class=n>translated<th class=n>back</tr>\n",
          out);
    for (size_t k = 0; f && k < n && (!top || k < top); k++) {
        double own = f[k].interpreted + f[k].translated;
        if (own < 0.5) break;
        fprintf(out, "<tr><td class=n>%.2f</td>", percent(own, all));
        put_bar(out, f[k].interpreted, f[k].translated, all);
        fputs("<td class=f><code title=\"", out);
        put(out, f[k].module);
        fputs("\">", out);
        put(out, f[k].symbol);
        fputs("</code></td><td class=m>", out);
        put(out, f[k].module);
        fprintf(out, "</td><td class=\"n m\">%s</td>", short_number(own, count));
        fprintf(out, "<td class=n>%.1f %%</td>", percent(f[k].translated, own));
        put_number(out, (double)f[k].deopts);
        fputs("</tr>\n", out);
    }
    fputs("</table></div>\n", out);
    free(f);
}

static void put_reasons(const char *title, const char *const *text, const uint64_t *n, unsigned count,
                        FILE *out)
{
    bool any = false;
    for (unsigned k = 0; k < count; k++)
        any = any || n[k];
    if (!any) return;
    fprintf(out, "<h2>%s</h2><div class=wide><table>\n", title);
    for (unsigned k = 0; k < count; k++) {
        if (!n[k]) continue;
        fputs("<tr>", out);
        put_number(out, (double)n[k]);
        fprintf(out, "<td style=\"width:100%%;white-space:normal\">%s</td></tr>\n", text[k]);
    }
    fputs("</table></div>\n", out);
}

static void put_calls(const struct prof *p, FILE *out)
{
    fputs(
        "<h2>System calls</h2><div class=wide><table><tr><th>name<th class=n>times<th class=n>seconds</tr>\n",
        out);
    for (unsigned k = 0; k < PROF_CALLS; k++) {
        const struct prof_call *c = &p->call[k];
        if (!c->times) continue;
        fputs("<tr><td><code>", out);
        put(out, c->name);
        fputs("</code></td>", out);
        put_number(out, (double)c->times);
        fprintf(out, "<td class=n>%.6f</td></tr>\n", c->seconds);
    }
    fputs("</table></div>\n", out);
}

/* --- blocks ------------------------------------------------------------------------------------------ */

/* The ways out of a block that lead to another translation, or into it. */
static void put_edges(const struct prof *p, const struct prof_block *b, FILE *out)
{
    for (unsigned k = 0; k < PROF_BUCKETS; k++)
        for (const struct prof_edge *e = p->edges[k]; e; e = e->next) {
            double n = prof_edge_times(p, e);
            if (n < 0.5 || (e->from != b->eip && e->to != b->eip)) continue;
            gaddr other = e->from == b->eip ? e->to : e->from;
            const struct prof_block *to = prof_find(p, other);
            char name[256], count[32];
            fprintf(out, "<p>%s times %s <code>", short_number(n, count), e->from == b->eip ? "to" : "from");
            put(out, to ? prof_name(to, name, sizeof name) : "code elsewhere");
            fprintf(out, "</code> <span class=soft>0x%08x</span></p>\n", other);
        }
}

static void put_code(const struct prof_block *b, FILE *out)
{
    fputs("<div class=code>", out);
    for (unsigned k = 0; k < b->lines; k++) {
        fputs("<div><pre class=g>", out);
        if (b->line[k].guest) fprintf(out, "%08x  ", b->line[k].eip);
        put(out, b->line[k].guest ? b->line[k].guest : "(ways in and out)");
        fputs("</pre><pre class=h>", out);
        put(out, b->line[k].host);
        fputs("</pre></div>\n", out);
    }
    fputs("</div>", out);
}

static void put_block(const struct prof *p, const struct prof_block *b, double all, bool open, FILE *out)
{
    char name[256], n[32];
    char *text = NULL;
    size_t size;
    FILE *why = open_memstream(&text, &size);
    fprintf(out, "<details%s><summary><b>%.2f %%</b><code>", open ? " open" : "",
            percent(prof_insns(p, b), all));
    put(out, prof_name(b, name, sizeof name));
    fprintf(
        out,
        "</code><span class=soft>0x%08x, %u instructions, ran %s times%s</span></summary><div class=inside>",
        b->eip, b->insns, short_number((double)b->count.interpreted + prof_translated(p, b), n),
        b->traces ? "" : ", never translated");
    if (why) {
        struct prof_block plain = *b;
        plain.lines = 0; /* the code has a place of its own */
        prof_write_why(p, &plain, why);
        fclose(why);
        fputs("<p>", out);
        put(out, text);
        fputs("</p>\n", out);
        free(text);
    }
    put_edges(p, b, out);
    put_code(b, out);
    fputs("</div></details>\n", out);
}

void prof_write_html(const struct prof *p, unsigned top, FILE *out)
{
    struct prof_sum s = prof_sum(p);
    fputs(
        "<!doctype html>\n<html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width,"
        "initial-scale=1\"><title>Profile of ",
        out);
    put(out, p->program);
    fputs("</title><style>\n", out);
    put_css(out);
    fputs("</style>\n<h1>Profile of <code>", out);
    put(out, p->program);
    fprintf(out, "</code></h1><p class=soft>process %d, ", p->pid);
    put(out, p->ended ? p->ended : "not ended yet");
    fputs("; tierrun ", out);
    put(out, p->tierrun);
    fputs(" on ", out);
    put(out, p->host);
    fprintf(out, ", --tier=%s, --x87=%s</p>\n", p->tier ? p->tier : "?", p->x87 ? p->x87 : "?");
    put_cards(p, out);
    put_timeline(p, out);
    put_functions(p, top, out);
    fputs("<h2>Hot blocks</h2><p class=soft>Guest instructions, and the host instructions that implement "
          "them.</p>\n",
          out);
    for (size_t k = 0; k < p->blocks && (!top || k < top); k++)
        if (prof_insns(p, p->block[k]) >= 0.5)
            put_block(p, p->block[k], s.interpreted + s.translated, k == 0, out);
    put_reasons("Back from translated code", prof_deopt_text, p->deopt_total, JIT_DEOPTS, out);
    put_reasons("Not translated", prof_refusal_text, p->refusal_total, JIT_REFUSALS, out);
    put_calls(p, out);
    fputs("</html>\n", out);
}
