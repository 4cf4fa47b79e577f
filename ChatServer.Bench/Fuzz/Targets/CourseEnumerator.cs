namespace ChatServer.Bench.Fuzz.Targets;

internal ref struct CourseEnumerator(Course steps)
{
    private Course _steps = steps;
    private CourseStep _current;

    public readonly CourseStep Current => _current;

    public bool MoveNext() => _steps.TryTake(out _current);
}
