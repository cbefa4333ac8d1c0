-- The one row of store_info, with two random ids (UUID version 4) in upper case, as EF Core writes them.
INSERT INTO "{schema}_store_info" (id, store_id, epoch, engine, position_allocator, created_by)
VALUES (
    1,
    hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||
        substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)),
    hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||
        substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)),
    'sqlite', 'autoincrement', '{version}');
