using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Connections;

/// <summary>
/// A prepared statement of the hot path. It bypasses Microsoft.Data.Sqlite's commands, whose parameter objects, readers and boxed values
/// cost as much as inserting the event. For a connection that has the lock it needs. Values are bound by the indexes of the parameters in
/// the constructor.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private const int GuidLength = 36;

    private readonly SqliteConnection _connection;
    private readonly string _sql;
    private readonly string[] _parameters;
    private readonly int[] _indexes;
    private sqlite3_stmt? _prepared;

    public SqliteStatement(SqliteConnection connection, string sql, params string[] parameters)
    {
        _connection = connection;
        _sql = sql;
        _parameters = parameters;
        _indexes = new int[parameters.Length];
    }

    /// <summary>The statement, prepared on first use: few writes use all statements.</summary>
    private sqlite3_stmt Statement => _prepared ?? Prepare();

    public SqliteStatement Bind(int place, long? value)
        => Bound(value is { } number ? raw.sqlite3_bind_int64(Statement, _indexes[place], number) : Null(place));

    public SqliteStatement Bind(int place, string? value)
        => Bound(value is null ? Null(place) : raw.sqlite3_bind_text(Statement, _indexes[place], value));

    /// <summary>Binds bytes; an empty array is an empty value, not NULL.</summary>
    public SqliteStatement Bind(int place, byte[]? value) => Bound(value switch
    {
        null => Null(place),
        [] => raw.sqlite3_bind_zeroblob(Statement, _indexes[place], 0),
        _ => raw.sqlite3_bind_blob(Statement, _indexes[place], value),
    });

    /// <summary>Binds an id as EF Core stores it: as text, in upper case.</summary>
    public SqliteStatement Bind(int place, Guid? value)
    {
        if (value is not { } id)
            return Bound(Null(place));

        Span<byte> text = stackalloc byte[GuidLength];
        id.TryFormat(text, out _, "D");
        Ascii.ToUpperInPlace(text, out _);
        return Bound(raw.sqlite3_bind_text(Statement, _indexes[place], text));
    }

    /// <summary>
    /// Runs the statement with the bound values. <paramref name="read"/> makes the result of the first row, if there is one.
    /// </summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public T? Run<T>(Func<sqlite3_stmt, T> read)
        where T : struct
    {
        try
        {
            var code = raw.sqlite3_step(Statement);
            if (code != raw.SQLITE_ROW && code != raw.SQLITE_DONE)
                Check(code);

            return code == raw.SQLITE_ROW ? read(Statement) : null;
        }
        finally
        {
            // Returns the last step's error again, which was thrown already.
            _ = raw.sqlite3_reset(Statement);
        }
    }

    public void Dispose() => _prepared?.Dispose();

    private sqlite3_stmt Prepare()
    {
        Check(raw.sqlite3_prepare_v2(_connection.Handle, _sql, out var prepared));
        for (var place = 0; place < _parameters.Length; place++)
            _indexes[place] = raw.sqlite3_bind_parameter_index(prepared, _parameters[place]);

        return _prepared = prepared;
    }

    private int Null(int place) => raw.sqlite3_bind_null(Statement, _indexes[place]);

    private SqliteStatement Bound(int code)
    {
        Check(code);
        return this;
    }

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _connection.Handle);
}
