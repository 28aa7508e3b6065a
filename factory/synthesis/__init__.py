"""From product code to artifacts: the template's bytes, its digest and its assets."""
