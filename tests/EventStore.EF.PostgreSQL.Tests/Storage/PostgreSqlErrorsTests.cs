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
    [InlineData(PostgresErrorCodes.InvalidPassword)]
    [InlineData(PostgresErrorCodes.InsufficientPrivilege)]
    public void What_the_server_forbids_it_forbids_at_the_next_try_too(string sqlState) => Assert.Equal(StorageFailure.Refused, Classify(sqlState));

    [Theory]
    [InlineData(PostgresErrorCodes.SyntaxError)]
    [InlineData(PostgresErrorCodes.LockNotAvailable)]
    public void What_is_not_the_server_s_trouble_is_passed_on(string sqlState) => Assert.Equal(StorageFailure.None, Classify(sqlState));

    private static StorageFailure Classify(string sqlState) => PostgreSqlErrors.Classify(new PostgresException("", "ERROR", "ERROR", sqlState));
}
