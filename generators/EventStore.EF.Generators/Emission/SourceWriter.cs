using System.Text;

namespace EventStore.EF.Generators.Emission;

/// <summary>Writes indented lines. Line endings are LF on every machine, so that the output is always the same.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public SourceWriter Line(string line = "")
    {
        if (line.Length > 0)
            _text.Append(' ', _depth * 4).Append(line);
        _text.Append('\n');
        return this;
    }

    public SourceWriter Lines(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            Line(line);
        return this;
    }

    /// <summary>Opens a block with braces.</summary>
    public SourceWriter Open(string header)
    {
        if (header.Length > 0)
            Line(header);
        Line("{");
        _depth++;
        return this;
    }

    /// <summary>Closes the innermost block.</summary>
    public SourceWriter Close(string end = "}")
    {
        _depth--;
        return Line(end);
    }

    public override string ToString() => _text.ToString();
}
