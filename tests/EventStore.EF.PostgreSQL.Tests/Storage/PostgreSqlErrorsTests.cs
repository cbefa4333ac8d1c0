using System.Net.Sockets;
using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.Storage;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Storage;

/// <summary>Whatever the server may say while it is in trouble is told to callers as such, and tried again.</summary>
public sealed class PostgreSqlErrorsTests
{
    [Theory]
    [InlineData(PostgresErrorCodes.DiskFull)]
    [InlineData(PostgresErrorCodes.OutOfMemory)]
    [InlineData(PostgresErrorCodes.TooManyConnections)]
    [InlineData(PostgresErrorCodes.QueryCanceled)]
    [InlineData(PostgresErrorCodes.AdminShutdown)]
    [InlineData(PostgresErrorCodes.CannotConnectNow)]
    [InlineData(PostgresErrorCodes.IoError)]
    [InlineData(PostgresErrorCodes.ConnectionFailure)]
    [InlineData(PostgresErrorCodes.ReadOnlySqlTransaction)]
    [InlineData(PostgresErrorCodes.StatementCompletionUnknown)]
    public void The_server_s_trouble_may_be_over_at_the_next_try(string sqlState) => Assert.Equal(StorageFailure.Unavailable, Classify(sqlState));

    [Theory]
    [InlineData(PostgresErrorCodes.DuplicateDatabase, null)]
    [InlineData(PostgresErrorCodes.DuplicateSchema, null)]
    [InlineData(PostgresErrorCodes.DuplicateTable, null)]
    [InlineData(PostgresErrorCodes.UniqueViolation, "pg_catalog")]
    public void What_two_make_at_once_is_there_at_the_next_try(string sqlState, string? schema)
        => Assert.Equal(StorageFailure.Unavailable, PostgreSqlErrors.Classify(new PostgresException("", "ERROR", "ERROR", sqlState, schemaName: schema)));

    [Fact]
    public void A_name_that_is_taken_in_the_store_s_own_tables_is_no_trouble_of_the_server_s()
        => Assert.Equal(StorageFailure.None, PostgreSqlErrors.Classify(new PostgresException("", "ERROR", "ERROR", PostgresErrorCodes.UniqueViolation, schemaName: "eventstore")));

    [Theory]
    [InlineData(PostgresErrorCodes.InvalidPassword)]
    [InlineData(PostgresErrorCodes.InsufficientPrivilege)]
    public void What_the_server_forbids_it_forbids_at_the_next_try_too(string sqlState) => Assert.Equal(StorageFailure.Refused, Classify(sqlState));

    [Theory]
    [InlineData(PostgresErrorCodes.SyntaxError)]
    public void What_is_not_the_server_s_trouble_is_passed_on(string sqlState) => Assert.Equal(StorageFailure.None, Classify(sqlState));

    [Theory]
    [InlineData(PostgresErrorCodes.SerializationFailure)]
    [InlineData(PostgresErrorCodes.DeadlockDetected)]
    [InlineData(PostgresErrorCodes.QueryCanceled)]
    [InlineData(PostgresErrorCodes.LockNotAvailable)]
    [InlineData(PostgresErrorCodes.UniqueViolation)]
    [InlineData(PostgresErrorCodes.InsufficientPrivilege)]
    [InlineData(PostgresErrorCodes.TooManyConnections)]
    [InlineData(PostgresErrorCodes.OutOfMemory)]
    [InlineData(PostgresErrorCodes.ReadOnlySqlTransaction)]
    public void What_a_living_server_refuses_tells_nothing_about_positions(string sqlState)
        => Assert.False(PostgreSqlErrors.IsBrokenConnection(new PostgresException("", "ERROR", "ERROR", sqlState)));

    [Theory]
    [InlineData(PostgresErrorCodes.ConnectionFailure)]
    [InlineData(PostgresErrorCodes.AdminShutdown)]
    [InlineData(PostgresErrorCodes.CrashShutdown)]
    [InlineData(PostgresErrorCodes.CannotConnectNow)]
    public void A_server_that_ends_connections_may_not_be_the_one_that_answers_next(string sqlState)
        => Assert.True(PostgreSqlErrors.IsBrokenConnection(new InvalidOperationException("", new PostgresException("", "FATAL", "FATAL", sqlState))));

    [Fact]
    public void A_time_out_of_this_side_s_is_not_a_broken_connection_and_a_lost_one_is()
    {
        Assert.False(PostgreSqlErrors.IsBrokenConnection(new NpgsqlException("Exception while reading from stream", new TimeoutException())));
        Assert.True(PostgreSqlErrors.IsBrokenConnection(new NpgsqlException("Exception while reading from stream", new EndOfStreamException())));
    }

    [Fact]
    public void A_broken_file_or_socket_of_the_application_s_tells_nothing_about_positions()
    {
        Assert.False(PostgreSqlErrors.IsBrokenConnection(new FileNotFoundException()));
        Assert.False(PostgreSqlErrors.IsBrokenConnection(new HttpRequestException("", new SocketException())));
        Assert.False(PostgreSqlErrors.IsBrokenConnection(new IOException("", new NpgsqlException("The operation has timed out", new TimeoutException()))));
        Assert.True(PostgreSqlErrors.IsBrokenConnection(new InvalidOperationException("", new NpgsqlException("", new IOException("", new SocketException())))));
    }

    [Theory]
    [InlineData(PostgresErrorCodes.DiskFull, "ERROR", "disk is full", true)]
    [InlineData(PostgresErrorCodes.DiskFull, "PANIC", "disk is full", false)]
    [InlineData(PostgresErrorCodes.OutOfMemory, "ERROR", "short of resources", true)]
    [InlineData(PostgresErrorCodes.TooManyConnections, "FATAL", "max_connections", true)]
    [InlineData(PostgresErrorCodes.QueryCanceled, "ERROR", "statement_timeout", true)]
    [InlineData(PostgresErrorCodes.ReadOnlySqlTransaction, "ERROR", "read-only", true)]
    [InlineData(PostgresErrorCodes.CannotConnectNow, "FATAL", "starting up", true)]
    [InlineData(PostgresErrorCodes.AdminShutdown, "FATAL", "ended the connection", false)]
    [InlineData(PostgresErrorCodes.ConnectionFailure, "ERROR", "in trouble", false)]
    [InlineData(PostgresErrorCodes.StatementCompletionUnknown, "ERROR", "in trouble", false)]
    public void Each_trouble_of_the_server_has_its_own_words_and_the_outcome_is_known_where_the_server_undid_the_statement(
        string sqlState, string severity, string words, bool isAnswered)
    {
        var exception = new PostgresException("said", severity, severity, sqlState);
        var trouble = new PostgreSqlTroubles(new(100, IsShared: false)).Diagnose(exception, PostgreSqlErrors.Classify(exception));
        Assert.Contains(words, trouble.Words, StringComparison.Ordinal);
        Assert.Contains(sqlState, trouble.Words, StringComparison.Ordinal);
        Assert.Equal(isAnswered, trouble.IsAnswered);
    }

    private static StorageFailure Classify(string sqlState) => PostgreSqlErrors.Classify(new PostgresException("", "ERROR", "ERROR", sqlState));
}
