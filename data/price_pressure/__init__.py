"""From public files to the weekly panel of yields, inventories and order flow."""
