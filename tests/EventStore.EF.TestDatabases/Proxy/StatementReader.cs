using System.Buffers.Binary;
using System.Text;

namespace EventStore.EF.TestDatabases;

/// <summary>Reads what a client sends to a server, in whatever pieces it comes, for the statements that it has executed.</summary>
internal sealed class StatementReader(StatementLog log)
{
    private const int SslRequest = 80877103;
    private const int GssRequest = 80877104;

    private readonly List<byte> _bytes = [];
    private readonly Dictionary<string, string> _prepared = new(StringComparer.Ordinal);
    private string _bound = "";
    private bool _hasStarted;

    public void Read(ReadOnlySpan<byte> sent)
    {
        _bytes.AddRange(sent);
        while (TryTake(out var type, out var body))
            Read(type, body);
    }

    private bool TryTake(out char type, out byte[] body)
    {
        (type, body) = ('\0', []);
        var header = _hasStarted ? 5 : 4;
        if (_bytes.Count < header)
            return false;

        var bytes = _bytes.GetRange(0, header).ToArray();
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(header - 4));
        var end = header - 4 + length;
        if (_bytes.Count < end)
            return false;

        type = _hasStarted ? (char)bytes[0] : '\0';
        body = _bytes.GetRange(header, end - header).ToArray();
        _bytes.RemoveRange(0, end);
        return true;
    }

    private void Read(char type, byte[] body)
    {
        switch (type)
        {
            case '\0':
                _hasStarted = BinaryPrimitives.ReadInt32BigEndian(body) is not (SslRequest or GssRequest);
                break;

            case 'P':
                var name = Text(body, 0);
                _prepared[name] = Text(body, name.Length + 1);
                break;

            case 'B':
                _bound = Text(body, Text(body, 0).Length + 1);
                break;

            case 'E':
                log.Add(_prepared.GetValueOrDefault(_bound, _bound));
                break;

            case 'Q':
                log.Add(Text(body, 0));
                break;
        }
    }

    private static string Text(byte[] body, int from) => Encoding.UTF8.GetString(body, from, Array.IndexOf(body, (byte)0, from) - from);
}
