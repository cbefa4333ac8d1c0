using Npgsql;

namespace EventStore.EF.TestDatabases;

/// <summary>
/// A PostgreSQL server to test against, the first that is to be had: the one named by <see cref="Variable"/>, one of its own run by
/// the server programs of the machine, one in a container. It ends with the process, however the process ends.
/// </summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    /// <summary>The environment variable that names a server, as a connection string of a role that may create databases.</summary>
    public const string Variable = "EVENTSTORE_TEST_POSTGRES";

    /// <summary>
    /// The environment variable that says <c>transaction</c> when the server named by <see cref="Variable"/> is behind a pool that gives a
    /// connection back after each transaction.
    /// </summary>
    public const string PoolVariable = "EVENTSTORE_TEST_POSTGRES_POOL";

    private readonly IAsyncDisposable? _owned;
    private int _databases;

    private PostgreSqlServer(string connectionString, string origin, IAsyncDisposable? owned = null)
    {
        ConnectionString = connectionString;
        Origin = origin;
        _owned = owned;
    }

    /// <summary>To a database of the server in which nothing is kept.</summary>
    public string ConnectionString { get; }

    /// <summary>Whether statements can't count on the session of an earlier one: nothing stays prepared, nobody listens.</summary>
    public bool IsPooled { get; } = Environment.GetEnvironmentVariable(PoolVariable) == "transaction";

    /// <summary>Where the server comes from, for people.</summary>
    public string Origin { get; }

    /// <summary>Finds or starts a server.</summary>
    /// <exception cref="PostgreSqlUnavailableException">There is none to be had; the message says what was tried.</exception>
    public static async Task<PostgreSqlServer> FindAsync(CancellationToken ct = default)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } connectionString)
            return await GivenAsync(connectionString, ct).ConfigureAwait(false);

        return await StartAsync([$"{Variable} is not set"], ct).ConfigureAwait(false);
    }

    /// <summary>Starts a server that nobody else uses, for tests that make it crash or change its settings.</summary>
    /// <exception cref="PostgreSqlUnavailableException">None can be started; the message says what was tried.</exception>
    public static Task<PostgreSqlServer> StartAsync(CancellationToken ct = default) => StartAsync([], ct);

    private static async Task<PostgreSqlServer> StartAsync(List<string> reasons, CancellationToken ct)
    {
        var (cluster, reason) = await TemporaryCluster.TryStartAsync(ct).ConfigureAwait(false);
        if (cluster is not null)
            return new(cluster.ConnectionString, "server programs of this machine", cluster);

        reasons.Add(reason);
        (var container, reason) = await Container.TryStartAsync(ct).ConfigureAwait(false);
        if (container is not null)
            return new(container.GetConnectionString(), "container", container);

        reasons.Add(reason);
        throw new PostgreSqlUnavailableException(reasons);
    }

    /// <summary>Makes a database and returns its connection string.</summary>
    /// <param name="template">The connection string of the database to copy; nobody may be connected to it. An empty database when left out.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<string> CreateDatabaseAsync(string? template = null, CancellationToken ct = default)
    {
        var name = $"eventstore_test_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync($"DROP DATABASE IF EXISTS {name}", ct).ConfigureAwait(false);
        if (template is not null && IsPooled)
        {
            // The pool keeps connections to the template, which copying would refuse.
            await ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{NameOf(template)}'", ct).ConfigureAwait(false);
        }

        await ExecuteAsync($"CREATE DATABASE {name}{(template is null ? "" : $" TEMPLATE \"{NameOf(template)}\"")}", ct).ConfigureAwait(false);
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Removes a database, whoever is connected to it.</summary>
    public async Task DropDatabaseAsync(string connectionString, CancellationToken ct = default)
    {
        await using (var connection = new NpgsqlConnection(connectionString))
            NpgsqlConnection.ClearPool(connection);

        await ExecuteAsync($"DROP DATABASE IF EXISTS \"{NameOf(connectionString)}\" WITH (FORCE)", ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _owned?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<PostgreSqlServer> GivenAsync(string connectionString, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(ct).ConfigureAwait(false);
        }
        catch (NpgsqlException exception)
        {
            throw new PostgreSqlUnavailableException([$"the server named by {Variable} doesn't answer: {exception.Message}"]);
        }

        return new(connectionString, Variable);
    }

    private static string NameOf(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database!;

    private async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(ct).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }
}
