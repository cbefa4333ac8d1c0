using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace EventStore.EF.Migrations.PostgreSQL.Migrations
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
                    position = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    stream_id = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    schema_version = table.Column<int>(type: "integer", nullable: false, defaultValue: 1),
                    data = table.Column<string>(type: "json", nullable: true),
                    data_binary = table.Column<byte[]>(type: "bytea", nullable: true),
                    metadata = table.Column<string>(type: "json", nullable: true),
                    correlation_id = table.Column<Guid>(type: "uuid", nullable: true),
                    causation_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_eventstore_events", x => x.position);
                    table.CheckConstraint("ck_eventstore_events_one_payload", "(data IS NULL) <> (data_binary IS NULL)");
                });

            migrationBuilder.CreateTable(
                name: "store_info",
                schema: "eventstore",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    store_id = table.Column<Guid>(type: "uuid", nullable: false),
                    epoch = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()")
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
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()"),
                    deleted_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
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
                    position = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                    owner = table.Column<string>(type: "text", nullable: true),
                    epoch = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                    lease_expires_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    last_error = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_eventstore_subscriptions", x => x.id);
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
                name: "ux_eventstore_streams_name",
                schema: "eventstore",
                table: "streams",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_eventstore_subscriptions_name",
                schema: "eventstore",
                table: "subscriptions",
                columns: new[] { "name", "stream", "partition" },
                unique: true);

            migrationBuilder.Sql("INSERT INTO {schema}.store_info (id, store_id, epoch) VALUES (1, gen_random_uuid(), gen_random_uuid());");
            migrationBuilder.Sql(SqlFile.Read(typeof(Initial), "append.1.sql"));
            migrationBuilder.Sql(SqlFile.Read(typeof(Initial), "guards.1.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP FUNCTION {schema}.append;");

            migrationBuilder.DropTable(
                name: "events",
                schema: "eventstore");

            migrationBuilder.DropTable(
                name: "store_info",
                schema: "eventstore");

            migrationBuilder.DropTable(
                name: "streams",
                schema: "eventstore");

            migrationBuilder.DropTable(
                name: "subscriptions",
                schema: "eventstore");

            migrationBuilder.Sql("DROP FUNCTION {schema}.refuse;");
        }
    }
}
