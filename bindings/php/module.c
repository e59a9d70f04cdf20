/* The face of the extension: its name, its version, and what phpinfo() says. Functions and classes are SWIG's (arrays.i). */
#include "extension.h"

#include <ext/standard/info.h>

zend_module_entry *retain_php_raw_module(void);

static PHP_MINFO_FUNCTION(retain)
{
    (void)zend_module;
    php_info_print_table_start();
    php_info_print_table_row(2, "libretain", retain_version());
    php_info_print_table_end();
}

ZEND_DLEXPORT zend_module_entry *get_module(void)
{
    zend_module_entry *module = retain_php_raw_module();

    module->name = "retain";
    module->version = retain_version();
    module->info_func = PHP_MINFO(retain);
    return module;
}
