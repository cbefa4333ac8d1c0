using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Security;

/// <summary>The base of tests with the roles of docs/security.md, made by the SQL that stands there.</summary>
public abstract partial class RoleSuite(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    private static readonly string[] Roles = ["migrator", "appender", "subscriber", "reader", "projection", "remover"];

    /// <summary>Roles belong to the whole server.</summary>
    protected string Prefix { get; } = $"shop_{Guid.NewGuid():N}"[..16];

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't hand on who connects");
        var (roles, grants) = Blocks().ToArray() is [var first, var second, ..] ? (first, second) : throw new InvalidOperationException("The page begins with two blocks of SQL.");
        await ExecuteAsync(roles);

        // As if it had run the migrations, which made this database for all tests.
        await ExecuteAsync($"""
            DO $$
            DECLARE statement text;
            BEGIN
                FOR statement IN
                    SELECT 'ALTER SCHEMA eventstore OWNER TO {Prefix}_migrator'
                    UNION ALL SELECT format('ALTER TABLE %s OWNER TO {Prefix}_migrator', oid::regclass) FROM pg_class
                        WHERE relnamespace = 'eventstore'::regnamespace AND relkind = 'r'
                    UNION ALL SELECT format('ALTER ROUTINE %s OWNER TO {Prefix}_migrator', oid::regprocedure) FROM pg_proc WHERE pronamespace = 'eventstore'::regnamespace
                LOOP
                    EXECUTE statement;
                END LOOP;
            END $$
            """);
        await ExecuteAsync(grants);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (!Fixture.IsPooled && Fixture.Unavailable is null)
        {
            var roles = string.Join(", ", Roles.Select(role => $"{Prefix}_{role}"));
            await ExecuteAsync($"DROP OWNED BY {roles}; DROP ROLE {roles}");
        }

        await base.DisposeAsync();
    }

    /// <summary>Connects with the rights of a role.</summary>
    protected string ConnectionString(string role)
        => new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Options = $"-c role={Prefix}_{role}", Pooling = false }.ConnectionString;

    /// <summary>A store with the rights of a role.</summary>
    protected TestStore As(string role, Action<EventStoreBuilder>? configure = null) => new(builder =>
    {
        builder.UsePostgreSql(ConnectionString(role));
        configure?.Invoke(builder);
    });

    /// <summary>Runs SQL as a role, or as the server's superuser.</summary>
    protected async Task ExecuteAsync(string sql, string? role = null)
    {
        await using var connection = new NpgsqlConnection(role is null ? Database.ConnectionString : ConnectionString(role));
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    /// <summary>The SQL of the page, with the roles and the database of the test.</summary>
    protected IEnumerable<string> Blocks()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));
        return SqlBlock().Matches(page).Select(block => block.Groups[1].Value
            .Replace("DATABASE shop ", $"DATABASE \"{new NpgsqlConnectionStringBuilder(Database.ConnectionString).Database}\" ", StringComparison.Ordinal)
            .Replace("shop_", $"{Prefix}_", StringComparison.Ordinal));
    }

    [GeneratedRegex("```sql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex SqlBlock();
}
