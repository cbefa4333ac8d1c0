using System.Data.Common;

namespace EventStore.EF;

/// <summary>Small conveniences over ADO.NET.</summary>
internal static class Commands
{
    public static DbCommand Command(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>A command in a transaction that is open.</summary>
    public static DbCommand Command(this DbTransaction transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = transaction.Connection!.Command(sql, parameters);
        command.Transaction = transaction;
        return command;
    }

    /// <summary>
    /// Reads what is left of an answer, to be called before anything in it is believed: only then has the database said its last word. A statement
    /// may fail after its rows, while it commits, and an Npgsql reader that is only disposed of keeps it to itself when the reason was a
    /// cancellation or a time-out (NpgsqlDataReader.Close).
    /// </summary>
    public static async Task EndAsync(this DbDataReader reader, CancellationToken ct)
    {
        while (await reader.NextResultAsync(ct).ConfigureAwait(false))
        {
            // Nobody asked for more than the first one.
        }
    }

    /// <summary>The first value of the answer, read to its end; <see langword="null"/> when there is none.</summary>
    public static async Task<object?> ScalarAsync(this DbCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var value = await reader.ReadAsync(ct).ConfigureAwait(false) ? reader.GetValue(0) : null;
        await reader.EndAsync(ct).ConfigureAwait(false);
        return value;
    }

    /// <summary>Runs a statement in a transaction that is open.</summary>
    /// <returns>How many rows were changed.</returns>
    public static async Task<int> ExecuteAsync(
        this DbTransaction transaction, string sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var command = transaction.Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }
}
