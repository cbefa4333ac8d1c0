using System;
using EventStore.EF.Schema;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace EventStore.EF.Migrations.PostgreSQL.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        private static readonly string[] Functions = ["hold_positions", "append", "append_many", "append_group", "link", "hold_name", "expect", "remove"];

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "eventstore");

            migrationBuilder.CreateTable(
                name: "events",
                schema: "eventstore",
                columns: table => new
                {
                    position = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    stream_id = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()"),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    schema_version = table.Column<int>(type: "integer", nullable: false, defaultValue: 1),
                    size = table.Column<int>(type: "integer", nullable: false, computedColumnSql: "coalesce(octet_length(data::text), octet_length(data_binary)) + coalesce(octet_length(metadata::text), 0)", stored: true),
                    correlation_id = table.Column<Guid>(type: "uuid", nullable: true),
                    causation_id = table.Column<Guid>(type: "uuid", nullable: true),
                    type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    content_type = table.Column<string>(type: "text", nullable: true),
                    metadata = table.Column<string>(type: "json", nullable: true),
                    data = table.Column<string>(type: "json", nullable: true),
                    data_binary = table.Column<byte[]>(type: "bytea", nullable: true),
                    tags = table.Column<string[]>(type: "text[]", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_eventstore_events", x => x.position);
                    table.CheckConstraint("ck_eventstore_events_one_payload", "(data IS NULL) <> (data_binary IS NULL)");
                })
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_insert_scale_factor", 0)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_insert_threshold", 1000000)
                .Annotation("Npgsql:StorageParameter:fillfactor", 100);

            migrationBuilder.CreateTable(
                name: "event_tags",
                schema: "eventstore",
                columns: table => new
                {
                    tag_hash = table.Column<long>(type: "bigint", nullable: false),
                    position = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_eventstore_event_tags", x => new { x.tag_hash, x.position });
                });

            migrationBuilder.CreateTable(
                name: "snapshots",
                schema: "eventstore",
                columns: table => new
                {
                    source = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()"),
                    content_type = table.Column<string>(type: "text", nullable: true),
                    metadata = table.Column<string>(type: "json", nullable: true),
                    data = table.Column<string>(type: "json", nullable: true),
                    data_binary = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_eventstore_snapshots", x => new { x.source, x.type });
                    table.CheckConstraint("ck_eventstore_snapshots_one_payload", "(data IS NULL) <> (data_binary IS NULL)");
                });

            migrationBuilder.CreateTable(
                name: "store_info",
                schema: "eventstore",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    store_id = table.Column<Guid>(type: "uuid", nullable: false),
                    epoch = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()"),
                    engine = table.Column<string>(type: "text", nullable: false),
                    position_allocator = table.Column<string>(type: "text", nullable: false),
                    created_by = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_eventstore_store_info", x => x.id);
                    table.CheckConstraint("ck_eventstore_store_info_one_row", "id = 1");
                });

            migrationBuilder.CreateTable(
                name: "streams",
                schema: "eventstore",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    kept_from = table.Column<long>(type: "bigint", nullable: false, defaultValue: 1L),
                    has_links = table.Column<bool>(type: "boolean", nullable: false, defaultValue: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()"),
                    last_activity_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()"),
                    deleted_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    first_position = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                    last_position = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                    tenant = table.Column<string>(type: "text", nullable: false, defaultValue: "", collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_eventstore_streams", x => x.id);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 80);

            migrationBuilder.CreateTable(
                name: "subscriptions",
                schema: "eventstore",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    stream = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    partition = table.Column<int>(type: "integer", nullable: false),
                    partitions = table.Column<int>(type: "integer", nullable: false, defaultValue: 1),
                    position = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                    stream_id = table.Column<long>(type: "bigint", nullable: true),
                    is_paused = table.Column<bool>(type: "boolean", nullable: false, defaultValue: false),
                    replays = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                    owner = table.Column<string>(type: "text", nullable: true),
                    epoch = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                    lease_expires_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    lease_seconds = table.Column<double>(type: "double precision", nullable: true),
                    requested_by = table.Column<string>(type: "text", nullable: true),
                    definition = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                    handles = table.Column<string>(type: "text", nullable: true),
                    defined_after = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                    covers = table.Column<string>(type: "text", nullable: true),
                    is_covered = table.Column<bool>(type: "boolean", nullable: false, defaultValue: true),
                    handler = table.Column<string>(type: "text", nullable: true),
                    finished_before = table.Column<string>(type: "text", nullable: true),
                    is_suspected = table.Column<bool>(type: "boolean", nullable: false, defaultValue: false),
                    suspect_place = table.Column<long>(type: "bigint", nullable: true),
                    process_ends = table.Column<string>(type: "text", nullable: true),
                    last_error = table.Column<string>(type: "text", nullable: true),
                    last_error_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_eventstore_subscriptions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "stream_links",
                schema: "eventstore",
                columns: table => new
                {
                    stream_id = table.Column<long>(type: "bigint", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false),
                    position = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_eventstore_stream_links", x => new { x.stream_id, x.number });
                    table.ForeignKey(
                        name: "fk_eventstore_stream_links_event",
                        column: x => x.position,
                        principalSchema: "eventstore",
                        principalTable: "events",
                        principalColumn: "position",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_eventstore_stream_links_stream",
                        column: x => x.stream_id,
                        principalSchema: "eventstore",
                        principalTable: "streams",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                })
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_insert_scale_factor", 0)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_insert_threshold", 1000000)
                .Annotation("Npgsql:StorageParameter:fillfactor", 100);

            migrationBuilder.CreateTable(
                name: "parked_events",
                schema: "eventstore",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    subscription_id = table.Column<long>(type: "bigint", nullable: false),
                    place = table.Column<long>(type: "bigint", nullable: false),
                    position = table.Column<long>(type: "bigint", nullable: false),
                    parked_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()"),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    is_replay_requested = table.Column<bool>(type: "boolean", nullable: false, defaultValue: false),
                    key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    error = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_eventstore_parked_events", x => x.id);
                    table.ForeignKey(
                        name: "fk_eventstore_parked_events_subscription",
                        column: x => x.subscription_id,
                        principalSchema: "eventstore",
                        principalTable: "subscriptions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_eventstore_events_created_at",
                schema: "eventstore",
                table: "events",
                column: "created_at")
                .Annotation("Npgsql:IndexMethod", "brin")
                .Annotation("Npgsql:StorageParameter:pages_per_range", 32);

            migrationBuilder.CreateIndex(
                name: "ix_eventstore_events_large",
                schema: "eventstore",
                table: "events",
                column: "position",
                filter: "size > 8192");

            migrationBuilder.CreateIndex(
                name: "ix_eventstore_events_large_of_stream",
                schema: "eventstore",
                table: "events",
                columns: new[] { "stream_id", "version" },
                filter: "size > 8192");

            migrationBuilder.CreateIndex(
                name: "ux_eventstore_events_event_id",
                schema: "eventstore",
                table: "events",
                column: "event_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_eventstore_events_stream_version",
                schema: "eventstore",
                table: "events",
                columns: new[] { "stream_id", "version" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_eventstore_parked_events_key",
                schema: "eventstore",
                table: "parked_events",
                columns: new[] { "subscription_id", "key", "place" });

            migrationBuilder.CreateIndex(
                name: "ix_eventstore_parked_events_replay",
                schema: "eventstore",
                table: "parked_events",
                columns: new[] { "subscription_id", "is_replay_requested", "place" });

            migrationBuilder.CreateIndex(
                name: "ux_eventstore_parked_events_place",
                schema: "eventstore",
                table: "parked_events",
                columns: new[] { "subscription_id", "place" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_eventstore_stream_links_position",
                schema: "eventstore",
                table: "stream_links",
                columns: new[] { "position", "stream_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_eventstore_streams_name",
                schema: "eventstore",
                table: "streams",
                columns: new[] { "tenant", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_eventstore_subscriptions_name",
                schema: "eventstore",
                table: "subscriptions",
                columns: new[] { "name", "stream", "partition" },
                unique: true);

            migrationBuilder.Sql(SqlFile.Read(typeof(Initial), "store_info.1.sql"));
            foreach (var file in Functions)
                migrationBuilder.Sql(SqlFile.Read(typeof(Initial), $"{file}.1.sql"));

            migrationBuilder.Sql(SqlFile.Read(typeof(Initial), "guards.1.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            foreach (var function in Functions)
                migrationBuilder.Sql($"DROP FUNCTION {{schema}}.{function};");

            migrationBuilder.DropTable(
                name: "parked_events",
                schema: "eventstore");

            migrationBuilder.DropTable(
                name: "snapshots",
                schema: "eventstore");

            migrationBuilder.DropTable(
                name: "store_info",
                schema: "eventstore");

            migrationBuilder.DropTable(
                name: "stream_links",
                schema: "eventstore");

            migrationBuilder.DropTable(
                name: "subscriptions",
                schema: "eventstore");

            migrationBuilder.DropTable(
                name: "event_tags",
                schema: "eventstore");

            migrationBuilder.DropTable(
                name: "events",
                schema: "eventstore");

            migrationBuilder.DropTable(
                name: "streams",
                schema: "eventstore");

            migrationBuilder.Sql("DROP FUNCTION {schema}.refuse; DROP FUNCTION {schema}.hold_positions_of_insert;");
        }
    }
}
