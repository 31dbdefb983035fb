/** The main window's page. */
import { mount } from 'svelte';
import '../shared/tokens.css';
import '../shared/base.css';
import './app.css';
import { connect } from '../ipc';
import MainWindow from './MainWindow.svelte';
import { applyRememberedTheme } from './theme';

applyRememberedTheme();
await connect();
mount(MainWindow, { target: document.getElementById('app')! });
