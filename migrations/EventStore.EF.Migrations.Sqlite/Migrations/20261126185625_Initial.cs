using System;
using EventStore.EF.Schema;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace EventStore.EF.Migrations.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
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
                    position = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    stream_id = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at = table.Column<string>(type: "TEXT", nullable: false, defaultValueSql: "strftime('%Y-%m-%d %H:%M:%f', 'now')"),
                    event_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    schema_version = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 1),
                    correlation_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    causation_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    type = table.Column<string>(type: "TEXT", nullable: false),
                    content_type = table.Column<string>(type: "TEXT", nullable: true),
                    metadata = table.Column<string>(type: "TEXT", nullable: true),
                    data = table.Column<string>(type: "TEXT", nullable: true),
                    data_binary = table.Column<byte[]>(type: "BLOB", nullable: true),
                    tags = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_eventstore_events", x => x.position);
                    table.CheckConstraint("ck_eventstore_events_json", "(data IS NULL OR json_valid(data)) AND (metadata IS NULL OR json_valid(metadata))");
                    table.CheckConstraint("ck_eventstore_events_one_payload", "(data IS NULL) <> (data_binary IS NULL)");
                });

            migrationBuilder.CreateTable(
                name: "event_tags",
                schema: "eventstore",
                columns: table => new
                {
                    tag_hash = table.Column<long>(type: "INTEGER", nullable: false),
                    position = table.Column<long>(type: "INTEGER", nullable: false)
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
                    source = table.Column<string>(type: "TEXT", nullable: false),
                    type = table.Column<string>(type: "TEXT", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at = table.Column<string>(type: "TEXT", nullable: false, defaultValueSql: "strftime('%Y-%m-%d %H:%M:%f', 'now')"),
                    content_type = table.Column<string>(type: "TEXT", nullable: true),
                    metadata = table.Column<string>(type: "TEXT", nullable: true),
                    data = table.Column<string>(type: "TEXT", nullable: true),
                    data_binary = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_eventstore_snapshots", x => new { x.source, x.type });
                    table.CheckConstraint("ck_eventstore_snapshots_json", "(data IS NULL OR json_valid(data)) AND (metadata IS NULL OR json_valid(metadata))");
                    table.CheckConstraint("ck_eventstore_snapshots_one_payload", "(data IS NULL) <> (data_binary IS NULL)");
                });

            migrationBuilder.CreateTable(
                name: "store_info",
                schema: "eventstore",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    store_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    epoch = table.Column<Guid>(type: "TEXT", nullable: false),
                    created_at = table.Column<string>(type: "TEXT", nullable: false, defaultValueSql: "strftime('%Y-%m-%d %H:%M:%f', 'now')"),
                    engine = table.Column<string>(type: "TEXT", nullable: false),
                    position_allocator = table.Column<string>(type: "TEXT", nullable: false),
                    created_by = table.Column<string>(type: "TEXT", nullable: false)
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
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false),
                    kept_from = table.Column<long>(type: "INTEGER", nullable: false, defaultValue: 1L),
                    has_links = table.Column<bool>(type: "INTEGER", nullable: false, defaultValue: false),
                    created_at = table.Column<string>(type: "TEXT", nullable: false, defaultValueSql: "strftime('%Y-%m-%d %H:%M:%f', 'now')"),
                    last_activity_at = table.Column<string>(type: "TEXT", nullable: false, defaultValueSql: "strftime('%Y-%m-%d %H:%M:%f', 'now')"),
                    deleted_at = table.Column<string>(type: "TEXT", nullable: true),
                    first_position = table.Column<long>(type: "INTEGER", nullable: false, defaultValue: 0L),
                    last_position = table.Column<long>(type: "INTEGER", nullable: false, defaultValue: 0L),
                    tenant = table.Column<string>(type: "TEXT", nullable: false, defaultValue: "")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_eventstore_streams", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "subscriptions",
                schema: "eventstore",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    stream = table.Column<string>(type: "TEXT", nullable: false),
                    partition = table.Column<int>(type: "INTEGER", nullable: false),
                    partitions = table.Column<int>(type: "INTEGER", nullable: false, defaultValue: 1),
                    position = table.Column<long>(type: "INTEGER", nullable: false, defaultValue: 0L),
                    stream_id = table.Column<long>(type: "INTEGER", nullable: true),
                    is_paused = table.Column<bool>(type: "INTEGER", nullable: false, defaultValue: false),
                    replays = table.Column<long>(type: "INTEGER", nullable: false, defaultValue: 0L),
                    owner = table.Column<string>(type: "TEXT", nullable: true),
                    epoch = table.Column<long>(type: "INTEGER", nullable: false, defaultValue: 0L),
                    lease_expires_at = table.Column<string>(type: "TEXT", nullable: true),
                    lease_seconds = table.Column<double>(type: "REAL", nullable: true),
                    requested_by = table.Column<string>(type: "TEXT", nullable: true),
                    definition = table.Column<long>(type: "INTEGER", nullable: false, defaultValue: 0L),
                    handles = table.Column<string>(type: "TEXT", nullable: true),
                    defined_after = table.Column<long>(type: "INTEGER", nullable: false, defaultValue: 0L),
                    covers = table.Column<string>(type: "TEXT", nullable: true),
                    is_covered = table.Column<bool>(type: "INTEGER", nullable: false, defaultValue: true),
                    handler = table.Column<string>(type: "TEXT", nullable: true),
                    finished_before = table.Column<string>(type: "TEXT", nullable: true),
                    is_suspected = table.Column<bool>(type: "INTEGER", nullable: false, defaultValue: false),
                    suspect_place = table.Column<long>(type: "INTEGER", nullable: true),
                    process_ends = table.Column<string>(type: "TEXT", nullable: true),
                    last_error = table.Column<string>(type: "TEXT", nullable: true),
                    last_error_at = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<string>(type: "TEXT", nullable: false, defaultValueSql: "strftime('%Y-%m-%d %H:%M:%f', 'now')")
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
                    stream_id = table.Column<long>(type: "INTEGER", nullable: false),
                    number = table.Column<long>(type: "INTEGER", nullable: false),
                    position = table.Column<long>(type: "INTEGER", nullable: false)
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
                });

            migrationBuilder.CreateTable(
                name: "parked_events",
                schema: "eventstore",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    subscription_id = table.Column<long>(type: "INTEGER", nullable: false),
                    place = table.Column<long>(type: "INTEGER", nullable: false),
                    position = table.Column<long>(type: "INTEGER", nullable: false),
                    parked_at = table.Column<string>(type: "TEXT", nullable: false, defaultValueSql: "strftime('%Y-%m-%d %H:%M:%f', 'now')"),
                    event_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    is_replay_requested = table.Column<bool>(type: "INTEGER", nullable: false, defaultValue: false),
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    error = table.Column<string>(type: "TEXT", nullable: true)
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
            migrationBuilder.Sql(SqlFile.Read(typeof(Initial), "guards.1.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
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
        }
    }
}
