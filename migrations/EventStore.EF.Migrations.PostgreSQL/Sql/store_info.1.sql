-- The one row of store_info: two random ids, and what the store was made for.
INSERT INTO {schema}.store_info (id, store_id, epoch, engine, position_allocator, created_by)
VALUES (1, gen_random_uuid(), gen_random_uuid(), 'postgresql', 'sequence', '{version}');
