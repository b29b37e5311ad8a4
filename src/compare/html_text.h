/* SPDX-License-Identifier: MIT */
#ifndef COMPARE_HTML_TEXT_H
#define COMPARE_HTML_TEXT_H

/*
 * Names and numbers in a page. Whatever bytes a name has, it stands there as
 * text: between tags, and between the quotes of an attribute.
 */

#include "base/buf.h"
#include "compare/match.h"

/*
 * Adds bytes with & < > " ' as entities. Control characters and those that
 * turn text around are made visible as buf_add_visible() does; a byte that is
 * no UTF-8 becomes U+FFFD, since a page cannot hold it.
 */
void html_add_text(struct buf *buf, struct slice text);

/*
 * Adds a number for people: whole with commas from 100 on, else with one
 * decimal, which is left out where it is 0; a minus as U+2212. Nothing where
 * the number is not finite: it is not known.
 */
void html_add_number(struct buf *buf, double number);

/* Adds "app/models/badge.rb:88", or what of it is known. A line may be broken
 * behind each slash: this is for elements, not for attributes. */
void html_add_place(struct buf *buf, const struct site *site);

#endif
